pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// What the till should hold line by line, what was found, and the difference in big type.
Card {
    id: root

    required property CashUp viewModel

    readonly property CashUpFigures figures: viewModel.figures
    readonly property string tone: figures.disposition === "even" ? "ok" : "wait"

    implicitHeight: column.implicitHeight + theme.gap * 10

    ScrollArea {
        anchors.fill: parent
        anchors.margins: root.theme.gap * 5
        theme: root.theme
        takesKeyboard: false
        contentHeight: column.implicitHeight

        Column {
            id: column

            width: parent.width
            spacing: root.theme.gap * 2

            Label {
                theme: root.theme
                text: qsTrId("cash_up.cash")
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }

            Repeater {
                model: root.figures.lines

                CashUpLine {
                    required property int index

                    theme: root.theme
                    width: column.width
                    onOpened: root.viewModel.behind.openLine(index)
                }
            }

            CashUpSum {
                theme: root.theme
                width: column.width
                label: qsTrId("cash_up.expected")
                figure: root.figures.expected
            }

            CashUpSum {
                theme: root.theme
                width: column.width
                label: qsTrId("cash_up.counted")
                figure: root.figures.counted
            }

            Rectangle {
                x: -root.theme.gap * 2
                width: column.width + root.theme.gap * 4
                height: Math.max(big.implicitHeight, verdict.implicitHeight) + root.theme.gap * 6
                radius: root.theme.radius
                color: root.theme.toneGround(root.tone)
                border.width: root.theme.contrast ? root.theme.hairline : 0
                border.color: root.theme.toneInk(root.tone)
                Accessible.role: Accessible.StaticText
                Accessible.name: root.figures.verdict + " " + root.figures.difference

                Label {
                    id: verdict

                    anchors.left: parent.left
                    anchors.leftMargin: root.theme.gap * 4
                    anchors.right: big.left
                    anchors.rightMargin: root.theme.gap * 2
                    anchors.verticalCenter: parent.verticalCenter
                    theme: root.theme
                    text: root.figures.verdict
                    color: root.theme.toneInk(root.tone)
                    font.pixelSize: Math.round(root.theme.body * 1.2)
                    font.weight: Font.DemiBold
                    wrapMode: Text.Wrap
                    Accessible.ignored: true
                }

                Label {
                    id: big

                    anchors.right: parent.right
                    anchors.rightMargin: root.theme.gap * 4
                    anchors.verticalCenter: parent.verticalCenter
                    theme: root.theme
                    text: root.figures.difference
                    color: root.theme.toneInk(root.tone)
                    font.pixelSize: Math.min(Math.round(root.theme.large * 0.9), Math.round(column.width * 0.13))
                    font.weight: Font.Bold
                    visible: text !== ""
                    Accessible.ignored: true
                }
            }

            Label {
                width: column.width
                theme: root.theme
                text: root.viewModel.evidence.before
                color: root.theme.amber
                wrapMode: Text.Wrap
                visible: text !== ""
            }

            Label {
                theme: root.theme
                text: qsTrId("till.stock")
                font.weight: Font.DemiBold
                visible: stock.count > 0
                Accessible.role: Accessible.Heading
            }

            Repeater {
                id: stock

                model: root.figures.stock

                TillLine {
                    required property int index
                    required property bool off

                    theme: root.theme
                    width: column.width
                    opens: true
                    warns: off
                    onOpened: root.viewModel.behind.openStock(index)
                }
            }

            Label {
                theme: root.theme
                quiet: true
                text: qsTrId("cash_up.denominations")
            }

            Flow {
                width: parent.width
                spacing: root.theme.gap * 2

                Repeater {
                    model: root.figures.denominationsText === "" ? [] : root.figures.denominationsText.split("\n")

                    Rectangle {
                        id: chip

                        required property string modelData

                        width: pieces.implicitWidth + root.theme.gap * 5
                        height: pieces.implicitHeight + root.theme.gap * 3
                        radius: root.theme.radius - 2
                        color: root.theme.ground
                        border.width: root.theme.contrast ? root.theme.hairline : 0
                        border.color: root.theme.line

                        Label {
                            id: pieces

                            anchors.centerIn: parent
                            theme: root.theme
                            quiet: true
                            color: root.theme.ink
                            text: chip.modelData
                        }
                    }
                }
            }
        }
    }
}
