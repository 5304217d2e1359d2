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

    Flickable {
        anchors.fill: parent
        contentHeight: facts.implicitHeight
        clip: contentHeight > height
        boundsBehavior: Flickable.StopAtBounds
        visible: root.viewModel.total !== ""

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
                    name: root.viewModel.tone === "ok" ? "check" : "warn"
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
                        label: qsTrId("last.slip")
                        figure: root.viewModel.printText
                        visible: figure !== ""
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

    EmptyState {
        anchors.centerIn: parent
        width: Math.min(parent.width, Math.round(420 * root.theme.scale))
        theme: root.theme
        icon: "last"
        title: qsTrId("last.none")
        explanation: qsTrId("last.none.next")
        visible: root.viewModel.total === ""
    }
}
