pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Paid: the change in huge figures, by what it was paid, what is safe, and the next customer.
FocusScope {
    id: root

    required property Theme theme
    required property PaymentPane viewModel

    signal reprintWanted

    Keys.onPressed: event => event.accepted = root.viewModel.typeAhead(event.text)

    Card {
        anchors.fill: parent
        theme: root.theme

        ScrollArea {
            theme: root.theme
            takesKeyboard: false
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: parent.top
            anchors.bottom: actions.top
            anchors.margins: root.theme.gap * (root.theme.narrow ? 3 : 8)
            contentHeight: Math.max(height, paid.implicitHeight)

            Column {
                id: paid

                y: Math.max(0, (parent.height - height) / 2)
                width: parent.width
                spacing: root.theme.gap * (root.theme.narrow ? 1 : 4)

                Grid {
                    anchors.horizontalCenter: parent.horizontalCenter
                    columns: root.theme.narrow ? 2 : 1
                    spacing: root.theme.gap * (root.theme.narrow ? 6 : 4)
                    horizontalItemAlignment: Grid.AlignHCenter
                    verticalItemAlignment: Grid.AlignVCenter

                    Row {
                        spacing: root.theme.gap * 3

                        Rectangle {
                            width: root.theme.icon * 1.6
                            height: width
                            radius: width / 2
                            color: root.theme.primary
                            anchors.verticalCenter: parent.verticalCenter

                            Icon {
                                anchors.centerIn: parent
                                theme: root.theme
                                name: "check"
                                tone: root.theme.primaryInk
                            }
                        }

                        Label {
                            theme: root.theme
                            text: qsTrId("payment.done")
                            font.pixelSize: Math.round(root.theme.body * 1.33)
                            font.weight: Font.DemiBold
                            anchors.verticalCenter: parent.verticalCenter
                            Accessible.role: Accessible.Heading
                        }
                    }

                    Label {
                        theme: root.theme
                        text: root.viewModel.sale.hasChange ? qsTrId("payment.change") : qsTrId("payment.no_change")
                        color: root.theme.muted
                    }
                }

                Text {
                    id: change

                    width: parent.width
                    height: Math.round(font.pixelSize * 1.2)
                    verticalAlignment: Text.AlignVCenter
                    text: root.viewModel.sale.hasChange ? root.viewModel.sale.change : root.viewModel.sale.taken
                    color: root.viewModel.sale.hasChange ? root.theme.accent : root.theme.ink
                    font.pixelSize: Math.round(root.theme.large * (root.theme.narrow ? 1.3 : 2))
                    font.weight: Font.Bold
                    fontSizeMode: Text.HorizontalFit
                    minimumPixelSize: root.theme.large
                    horizontalAlignment: Text.AlignHCenter
                    textFormat: Text.PlainText
                    Accessible.role: Accessible.StaticText
                    Accessible.name: text
                }

                Column {
                    id: figures

                    anchors.horizontalCenter: parent.horizontalCenter
                    width: Math.min(parent.width, Math.round(420 * root.theme.scale))
                    spacing: root.theme.gap * 2

                    FigureLine {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("payment.total")
                        figure: root.viewModel.sale.total
                        visible: root.viewModel.sale.hasChange || root.viewModel.sale.rounding !== ""
                    }

                    FigureLine {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("payment.rounding")
                        figure: root.viewModel.sale.rounding
                        visible: root.viewModel.sale.rounding !== ""
                    }

                    Repeater {
                        model: root.viewModel.sale.tenders

                        FigureLine {
                            required property string name
                            required property string amount

                            width: figures.width
                            theme: root.theme
                            label: name
                            figure: amount
                        }
                    }
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    quiet: true
                    text: root.viewModel.sale.savedText
                    // The answer to a second press says it again; large text has room for one.
                    visible: !root.theme.narrow || root.viewModel.sale.alreadyText === ""
                    horizontalAlignment: Text.AlignHCenter
                    wrapMode: Text.Wrap
                }

                Badge {
                    anchors.horizontalCenter: parent.horizontalCenter
                    theme: root.theme
                    text: root.viewModel.sale.alreadyText
                    tone: "wait"
                    visible: text !== ""
                }

            }
        }

        Row {
            id: actions

            anchors.bottom: parent.bottom
            anchors.bottomMargin: root.theme.gap * (root.theme.narrow ? 3 : 8)
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: root.theme.gap * 3

            ActionButton {
                theme: root.theme
                text: qsTrId("payment.reprint")
                key: "Ctrl+P"
                big: !root.theme.narrow
                onPressed: root.reprintWanted()
            }

            ActionButton {
                theme: root.theme
                kind: "primary"
                focus: true
                big: !root.theme.narrow
                text: qsTrId("payment.next")
                key: "Enter"
                onPressed: root.viewModel.confirm()
            }
        }
    }
}
