pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The last transaction: one verdict, then the facts behind it.
PageFrame {
    id: root

    required property LastTransaction viewModel

    title: qsTrId("last.title")
    subtitle: qsTrId("last.explain")

    ScrollArea {
        id: scroll

        theme: root.theme
        anchors.fill: parent
        contentHeight: facts.implicitHeight
        visible: !root.viewModel.nothing

        Column {
            id: facts

            width: parent.width
            spacing: root.theme.gap * 4

            VerdictCard {
                theme: root.theme
                width: parent.width
                tone: root.viewModel.tone
                text: root.viewModel.verdict
            }

            LastFacts {
                theme: root.theme
                width: parent.width
                viewModel: root.viewModel
                visible: root.viewModel.what !== ""
            }

            ListCard {
                theme: root.theme
                width: parent.width
                title: qsTrId("last.doubts")
                explanation: qsTrId("last.doubts.explain")
                rows: root.viewModel.doubts.rows
                visible: rows.count > 0

                delegate: DoubtRowView {
                    width: parent.width
                    theme: root.theme
                    onAccepted: root.viewModel.doubts.accept(outTradeNo)
                    onGivenBack: root.viewModel.doubts.giveBack(outTradeNo)
                }
            }

            ListCard {
                theme: root.theme
                width: parent.width
                title: qsTrId("last.slips")
                rows: root.viewModel.slips
                visible: rows.count > 0

                delegate: PrintedSlip {
                    width: parent.width
                    theme: root.theme
                    onAgain: root.viewModel.printAgain(jobId)
                }
            }

            ActionButton {
                theme: root.theme
                focus: true
                text: qsTrId("payment.reprint")
                icon: "receipt_printer"
                key: "Ctrl+P"
                visible: root.viewModel.orderNo !== ""
                onPressed: root.viewModel.reprint()
            }
        }
    }

    ScrollThumb {
        theme: root.theme
        area: scroll
        anchors.rightMargin: -root.theme.gap * 2
    }

    Loader {
        anchors.fill: parent
        z: 1
        active: root.viewModel.doubts.second.open
        focus: active
        sourceComponent: SecondPersonView {
            theme: root.theme
            viewModel: root.viewModel.doubts.second
            onCancelled: root.viewModel.doubts.back()
        }
    }

    EmptyState {
        anchors.centerIn: parent
        width: Math.min(parent.width, Math.round(420 * root.theme.scale))
        theme: root.theme
        icon: "last"
        title: qsTrId("last.none")
        explanation: qsTrId("last.none.next")
        visible: root.viewModel.nothing
    }
}
