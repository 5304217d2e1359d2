pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The tills of this terminal, the sums of the day of one of them, and what lies beside its cash.
FocusScope {
    id: root

    required property Theme theme
    required property TillPage viewModel

    readonly property bool wide: !theme.narrow
    readonly property int half: wide ? Math.round((width - theme.gap * 4) / 2) : width

    readonly property string open: viewModel.listing.title

    focus: true
    onOpenChanged: if (open !== "" && !wide)
        Qt.callLater(() => scroll.goTo(right.y + behind.y))

    ScrollArea {
        id: scroll

        anchors.fill: parent
        theme: root.theme
        focus: true
        contentHeight: root.wide ? Math.max(left.height, right.height) : left.height + right.height + root.theme.gap * 4

        Column {
            id: left

            width: root.half
            spacing: root.theme.gap * 4

            Repeater {
                model: root.viewModel.tables.tills

                Card {
                    id: till

                    required property int index
                    required property string till
                    required property string name
                    required property string cash
                    required property string limit
                    required property string warning
                    required property bool chosen

                    theme: root.theme
                    width: left.width
                    height: words.implicitHeight + root.theme.gap * 6
                    focus: index === 0
                    color: chosen ? root.theme.tint : root.theme.surface
                    border.color: chosen ? root.theme.accent : root.theme.line
                    activeFocusOnTab: true
                    Accessible.role: Accessible.Button
                    Accessible.name: [name, cash, warning].filter(part => part !== "").join(", ")
                    Accessible.focusable: true
                    Accessible.onPressAction: root.viewModel.choose(till.till)
                    Keys.onReturnPressed: root.viewModel.choose(till.till)
                    Keys.onEnterPressed: root.viewModel.choose(till.till)
                    Keys.onSpacePressed: root.viewModel.choose(till.till)

                    FocusRing {
                        theme: root.theme
                        shown: till.activeFocus
                    }

                    Column {
                        id: words

                        anchors.left: parent.left
                        anchors.right: parent.right
                        anchors.verticalCenter: parent.verticalCenter
                        anchors.margins: root.theme.gap * 4
                        spacing: root.theme.gap

                        CashUpSum {
                            width: parent.width
                            theme: root.theme
                            label: till.name
                            figure: till.cash
                        }

                        Label {
                            width: parent.width
                            theme: root.theme
                            quiet: till.warning === ""
                            text: till.warning === "" ? till.limit : till.limit + "  ·  " + till.warning
                            color: till.warning === "" ? root.theme.muted : root.theme.amber
                            wrapMode: Text.Wrap
                            visible: text !== ""
                            Accessible.ignored: true
                        }
                    }

                    MouseArea {
                        anchors.fill: parent
                        onClicked: root.viewModel.choose(till.till)
                    }
                }
            }

            Column {
                width: parent.width

                Repeater {
                    model: root.viewModel.tables.figures

                    TillLine {
                        required property string kind
                        required property string count
                        required property string amount
                        required opens

                        theme: root.theme
                        width: left.width
                        detail: count
                        figure: amount
                        blind: !opens
                        onOpened: root.viewModel.openFigure(kind)
                    }
                }

                CashUpSum {
                    width: parent.width
                    theme: root.theme
                    label: qsTrId("till.balance")
                    figure: root.viewModel.tables.cash
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    quiet: true
                    text: qsTrId("till.blind.explain")
                    wrapMode: Text.Wrap
                    visible: root.viewModel.tables.blind
                }
            }
        }

        Column {
            id: right

            x: root.wide ? root.half + root.theme.gap * 4 : 0
            y: root.wide ? 0 : left.height + root.theme.gap * 4
            width: root.half
            spacing: root.theme.gap * 4

            TillDeeds {
                width: parent.width
                theme: root.theme
                viewModel: root.viewModel
            }

            TillBehind {
                id: behind

                theme: root.theme
                width: parent.width
                height: Math.round(root.theme.body * 18)
                viewModel: root.viewModel
                visible: root.viewModel.listing.title !== ""
            }

            Label {
                width: parent.width
                theme: root.theme
                text: qsTrId("till.on_the_way")
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }

            Label {
                width: parent.width
                theme: root.theme
                quiet: true
                text: qsTrId("till.on_the_way.none")
                visible: pouches.count === 0
            }

            Repeater {
                id: pouches

                model: root.viewModel.onTheWay.rows

                TillLine {
                    required property string number
                    required property string way
                    required property string amount
                    required property string sent
                    required property string announced

                    theme: root.theme
                    width: right.width
                    label: announced === "" ? way : way + "  ·  " + announced
                    detail: number + "  ·  " + sent
                    figure: amount
                    opens: true
                    chosen: activeFocus
                    onActiveFocusChanged: if (activeFocus)
                        root.viewModel.onTheWay.lookAt(number)
                    onOpened: root.viewModel.openPouch(number)
                }
            }

            Label {
                width: parent.width
                theme: root.theme
                text: qsTrId("till.stock")
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }

            Repeater {
                model: root.viewModel.tables.stock

                TillLine {
                    required property string name
                    required property string pieces
                    required property string numbers

                    theme: root.theme
                    width: right.width
                    label: name
                    detail: numbers
                    figure: pieces
                    blind: root.viewModel.tables.blind
                }
            }
        }
    }
}
