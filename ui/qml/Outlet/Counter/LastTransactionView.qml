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

            Rectangle {
                width: parent.width
                height: Math.max(verdict.implicitHeight, sign.height) + root.theme.gap * 10
                radius: root.theme.radius + 2
                color: root.theme.toneGround(root.viewModel.tone)
                border.width: root.theme.hairline
                border.color: Qt.alpha(root.theme.toneInk(root.viewModel.tone), root.theme.contrast ? 1 : 0.4)

                Icon {
                    id: sign

                    theme: root.theme
                    name: root.viewModel.tone === "ok" ? "check" : root.viewModel.tone === "wait" ? "queue" : "warn"
                    size: root.theme.icon * 1.6
                    tone: root.theme.toneInk(root.viewModel.tone)
                    x: root.theme.gap * 6
                    anchors.verticalCenter: parent.verticalCenter
                }

                Label {
                    id: verdict

                    anchors.left: sign.right
                    anchors.leftMargin: root.theme.gap * 4
                    anchors.right: parent.right
                    anchors.rightMargin: root.theme.gap * 6
                    anchors.verticalCenter: parent.verticalCenter
                    theme: root.theme
                    text: root.viewModel.verdict
                    color: root.theme.toneInk(root.viewModel.tone)
                    font.weight: Font.DemiBold
                    wrapMode: Text.Wrap
                }
            }

            Card {
                theme: root.theme
                width: parent.width
                visible: root.viewModel.what !== ""
                height: details.implicitHeight + root.theme.gap * 12

                Column {
                    id: details

                    anchors.left: parent.left
                    anchors.right: parent.right
                    anchors.margins: root.theme.gap * 6
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: root.theme.gap * 3

                    FigureLine {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("last.what")
                        figure: root.viewModel.what
                    }

                    FigureLine {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("last.order")
                        figure: root.viewModel.orderNo
                        visible: figure !== ""
                    }

                    FigureLine {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("last.at")
                        figure: root.viewModel.at
                        visible: figure !== ""
                    }

                    FigureLine {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("last.total")
                        figure: root.viewModel.total
                        strong: true
                        visible: figure !== ""
                    }

                    Repeater {
                        model: root.viewModel.tenders

                        FigureLine {
                            required property string name
                            required property string amount

                            width: details.width
                            theme: root.theme
                            label: qsTrId("payment.given") + " · " + name
                            figure: amount
                        }
                    }

                    FigureLine {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("last.channel")
                        figure: root.viewModel.channel
                        visible: figure !== ""
                    }

                    FigureLine {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("last.slip")
                        figure: root.viewModel.printText
                        visible: figure !== ""
                    }
                }
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

                delegate: Item {
                    id: slip

                    required property string jobId
                    required property string title
                    required property string detail
                    required property string tone
                    required property bool asks

                    width: parent.width
                    height: Math.max(words.implicitHeight + root.theme.gap * 2, root.theme.control)

                    Column {
                        id: words

                        anchors.left: parent.left
                        anchors.right: again.left
                        anchors.rightMargin: root.theme.gap * 3
                        anchors.verticalCenter: parent.verticalCenter

                        Label {
                            width: parent.width
                            theme: root.theme
                            text: slip.title
                            font.pixelSize: root.theme.body - 2
                            elide: Text.ElideRight
                        }

                        Label {
                            width: parent.width
                            theme: root.theme
                            quiet: true
                            text: slip.detail
                            color: root.theme.toneInk(slip.tone)
                            wrapMode: Text.Wrap
                        }
                    }

                    ActionButton {
                        id: again

                        anchors.right: parent.right
                        anchors.verticalCenter: parent.verticalCenter
                        theme: root.theme
                        text: slip.asks ? qsTrId("last.print_copy") : qsTrId("last.print_again")
                        spoken: text + " " + slip.title
                        onPressed: root.viewModel.printAgain(slip.jobId)
                    }
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
