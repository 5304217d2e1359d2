pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The blind count: what the machine shows, denomination by denomination; then stamps and numbered papers.
FocusScope {
    id: root

    required property Theme theme
    required property CashUp viewModel

    readonly property bool wide: !theme.narrow

    focus: true

    ScrollArea {
        id: scroll

        anchors.fill: parent
        theme: root.theme
        contentHeight: root.wide ? Math.max(counting.height, beside.height) : counting.height + beside.height + root.theme.gap * 4

        Card {
            id: counting

            theme: root.theme
            width: root.wide ? Math.round(parent.width * 0.5) : parent.width
            height: money.implicitHeight + root.theme.gap * 10

            DenominationsView {
                id: money

                anchors.left: parent.left
                anchors.right: parent.right
                anchors.top: parent.top
                anchors.margins: root.theme.gap * 5
                theme: root.theme
                viewModel: root.viewModel.count
                focus: true
            }
        }

        Card {
            id: beside

            theme: root.theme
            x: root.wide ? counting.width + root.theme.gap * 4 : 0
            y: root.wide ? 0 : counting.height + root.theme.gap * 4
            width: root.wide ? parent.width - x : parent.width
            height: words.implicitHeight + root.theme.gap * 10

            Column {
                id: words

                anchors.left: parent.left
                anchors.right: parent.right
                anchors.top: parent.top
                anchors.margins: root.theme.gap * 5
                spacing: root.theme.gap * 4

                Label {
                    width: parent.width
                    theme: root.theme
                    text: root.viewModel.countHint
                    font.weight: Font.DemiBold
                    wrapMode: Text.Wrap
                    Accessible.role: Accessible.Heading
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    quiet: true
                    text: qsTrId("cash_up.count.explain")
                    wrapMode: Text.Wrap
                }

                StockCountView {
                    id: stock

                    width: parent.width
                    theme: root.theme
                    viewModel: root.viewModel.stock
                    onFinished: commit.forceActiveFocus()
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
                    layoutDirection: Qt.RightToLeft

                    ActionButton {
                        id: commit

                        theme: root.theme
                        kind: "primary"
                        text: qsTrId("cash_up.count.commit")
                        key: "F12"
                        available: !root.viewModel.busy
                        onPressed: root.viewModel.go()
                    }

                    ActionButton {
                        theme: root.theme
                        text: qsTrId("cash_up.interim")
                        key: "F2"
                        onPressed: root.viewModel.interim()
                    }
                }

                CashUpDisputed {
                    width: parent.width
                    theme: root.theme
                    viewModel: root.viewModel
                }
            }
        }
    }

    Connections {
        function onReady(): void {
            stock.count > 0 ? stock.takeKeyboard() : commit.forceActiveFocus();
        }

        target: root.viewModel
    }
}
