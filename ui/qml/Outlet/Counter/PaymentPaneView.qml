pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Cash with note keys, a payer code at any moment, every other tender one key away; then the change.
FocusScope {
    id: root

    required property Theme theme
    required property PaymentPane viewModel

    signal backWanted
    signal parkWanted
    signal reprintWanted

    focus: true

    PaymentDoneView {
        anchors.fill: parent
        theme: root.theme
        viewModel: root.viewModel
        visible: root.viewModel.done
        enabled: visible
        focus: visible
        onReprintWanted: root.reprintWanted()
    }

    PageFrame {
        anchors.fill: parent
        theme: root.theme
        title: root.theme.narrow ? "" : qsTrId("payment.title")
        subtitle: root.theme.narrow ? "" : root.viewModel.subtitle
        visible: !root.viewModel.done
        enabled: visible
        focus: visible
        actions: ActionButton {
            theme: root.theme
            text: qsTrId("payment.back")
            key: "Esc"
            visible: !root.theme.narrow && root.viewModel.canCancel && root.viewModel.takesMoney
            onPressed: root.backWanted()
        }

        ScrollArea {
            id: area

            theme: root.theme
            anchors.fill: parent
            contentHeight: form.implicitHeight

            Column {
                id: form

                width: parent.width
                spacing: root.theme.gap * 4

                DueCard {
                    width: parent.width
                    theme: root.theme
                    viewModel: root.viewModel
                    // Large text has room for our code or for the sum, and the code names the sum.
                    visible: !root.theme.narrow || root.viewModel.code.qrPath === ""
                }

                AttemptCard {
                    width: parent.width
                    theme: root.theme
                    viewModel: root.viewModel.code
                    canPark: root.viewModel.canPark
                    visible: root.viewModel.code.state !== ""
                    onParkWanted: root.parkWanted()
                    onPrintWanted: root.viewModel.printCode()
                }

                SignedCard {
                    width: parent.width
                    theme: root.theme
                    sign: "cash"
                    title: qsTrId("payment.covered")
                    explanation: qsTrId("payment.covered_hint")
                    visible: root.viewModel.covered && root.viewModel.takesMoney

                    ActionButton {
                        theme: root.theme
                        kind: "primary"
                        focus: root.viewModel.covered && root.viewModel.takesMoney
                        text: qsTrId("payment.book_again")
                        key: "Enter"
                        onPressed: root.viewModel.bookAgain()
                    }
                }

                CashCard {
                    width: parent.width
                    theme: root.theme
                    viewModel: root.viewModel
                    visible: root.viewModel.takesMoney && !root.viewModel.covered && !root.viewModel.entry.open
                    enabled: visible
                }

                TenderEntryCard {
                    width: parent.width
                    theme: root.theme
                    viewModel: root.viewModel.entry
                    visible: root.viewModel.takesMoney && root.viewModel.entry.open
                }

                TenderTiles {
                    width: parent.width
                    theme: root.theme
                    viewModel: root.viewModel
                    visible: root.viewModel.takesMoney && !root.viewModel.covered && !root.viewModel.free
                }
            }
        }

        ScrollThumb {
            theme: root.theme
            area: area
            anchors.rightMargin: -root.theme.gap * 2
        }
    }

    Loader {
        anchors.fill: parent
        active: root.viewModel.entry.second.open
        focus: active
        sourceComponent: SecondPersonView {
            theme: root.theme
            viewModel: root.viewModel.entry.second
            onCancelled: root.backWanted()
        }
    }
}
