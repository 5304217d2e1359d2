pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// One sale: what of it goes back, why, and by which ways the money goes; afterwards what was booked.
FocusScope {
    id: root

    required property Theme theme
    required property RefundPage viewModel

    readonly property bool booked: viewModel.step === "refund_done"

    focus: true

    ScrollArea {
        id: scroll

        theme: root.theme
        anchors.fill: parent
        contentHeight: column.implicitHeight

        Column {
            id: column

            width: scroll.width
            spacing: root.theme.gap * 4

            Label {
                width: parent.width
                theme: root.theme
                text: root.viewModel.title
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                Accessible.role: Accessible.Heading
            }

            StandingNote {
                width: parent.width
                theme: root.theme
                text: root.viewModel.standing
                tone: root.viewModel.provisional ? "wait" : "info"
            }

            Card {
                theme: root.theme
                width: parent.width
                height: rows.implicitHeight + root.theme.gap * 8
                visible: !root.booked

                Column {
                    id: rows

                    anchors.left: parent.left
                    anchors.right: parent.right
                    anchors.margins: root.theme.gap * 5
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: root.theme.gap * 2

                    Repeater {
                        model: root.viewModel.lines

                        RefundLine {
                            width: rows.width
                            theme: root.theme
                            chosen: index === root.viewModel.selected
                            onStepped: step => root.viewModel.wish(lineId, step)
                        }
                    }
                }
            }

            ChoiceRow {
                width: parent.width
                theme: root.theme
                label: qsTrId("refund.reason") + "  F2"
                values: root.viewModel.reasonCodes
                texts: root.viewModel.reasonTexts
                current: root.viewModel.reason
                visible: !root.booked
                onChosen: value => root.viewModel.choose(value)
            }

            Card {
                theme: root.theme
                width: parent.width
                height: sums.implicitHeight + root.theme.gap * 8

                Column {
                    id: sums

                    anchors.left: parent.left
                    anchors.right: parent.right
                    anchors.margins: root.theme.gap * 5
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: root.theme.gap * 2

                    GrandFigure {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("refund.money")
                        figure: root.viewModel.money
                    }

                    Repeater {
                        model: root.viewModel.parts

                        FigureLine {
                            required property string name
                            required property string amount
                            required property string standing
                            required property string hue

                            width: sums.width
                            theme: root.theme
                            label: qsTrId("refund.by") + " " + name + (standing === "" ? "" : "  ·  " + standing)
                            figure: amount
                            tone: hue === "" ? root.theme.ink : root.theme.toneInk(hue)
                        }
                    }

                    Label {
                        width: parent.width
                        theme: root.theme
                        text: root.viewModel.cash === "" ? "" : qsTrId("refund.hand_out") + " " + root.viewModel.cash
                        font.weight: Font.DemiBold
                        visible: text !== ""
                    }

                    Label {
                        width: parent.width
                        theme: root.theme
                        quiet: true
                        text: root.booked ? root.viewModel.saved : root.viewModel.need
                        wrapMode: Text.Wrap
                        visible: text !== ""
                    }
                }
            }

            Label {
                width: parent.width
                theme: root.theme
                text: root.viewModel.message
                color: root.theme.danger
                wrapMode: Text.Wrap
                visible: text !== ""
                Accessible.role: Accessible.AlertMessage
            }

            Flow {
                width: parent.width
                spacing: root.theme.gap * 3

                ActionButton {
                    theme: root.theme
                    focus: true
                    kind: "primary"
                    text: qsTrId(root.viewModel.reversal ? "refund.reverse" : "refund.give")
                    key: "F12"
                    visible: !root.booked
                    onPressed: root.viewModel.go()
                }

                ActionButton {
                    theme: root.theme
                    text: qsTrId("refund.all")
                    key: "F7"
                    visible: !root.booked
                    onPressed: root.viewModel.takeAll()
                }

                ActionButton {
                    theme: root.theme
                    text: qsTrId("refund.whole_sale")
                    key: "F8"
                    chosen: root.viewModel.reversal
                    available: root.viewModel.canReverse
                    visible: !root.booked
                    onPressed: root.viewModel.turnWhole()
                }
            }
        }
    }
}
