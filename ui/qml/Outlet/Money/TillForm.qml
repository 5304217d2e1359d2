pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Cash by denomination, whom it goes to or comes from, stock; or reasons for opening the drawer.
FocusScope {
    id: root

    required property Theme theme
    required property TillPage viewModel

    readonly property bool counts: viewModel.form !== "drawer"
    readonly property bool offers: viewModel.form === "move" || viewModel.form === "drawer"
    readonly property bool wide: !theme.narrow && counts

    focus: true

    ScrollArea {
        anchors.fill: parent
        theme: root.theme
        focus: true
        contentHeight: root.wide ? Math.max(counting.height, beside.height) : (counting.visible ? counting.height + root.theme.gap * 4 : 0) + beside.height

        Card {
            id: counting

            theme: root.theme
            width: root.wide ? Math.round(parent.width * 0.5) : parent.width
            height: money.implicitHeight + root.theme.gap * 10
            visible: root.counts

            DenominationsView {
                id: money

                anchors.left: parent.left
                anchors.right: parent.right
                anchors.top: parent.top
                anchors.margins: root.theme.gap * 5
                theme: root.theme
                viewModel: root.viewModel.count
                focus: root.counts
            }
        }

        Column {
            id: beside

            x: root.wide ? counting.width + root.theme.gap * 4 : 0
            y: root.wide || !root.counts ? 0 : counting.height + root.theme.gap * 4
            width: root.wide ? parent.width - x : parent.width
            spacing: root.theme.gap * 3

            Label {
                width: parent.width
                theme: root.theme
                text: qsTrId("till.form.wrong.slip") + "  " + root.viewModel.found.text
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                visible: root.viewModel.form === "wrong"
            }

            Label {
                width: parent.width
                theme: root.theme
                text: qsTrId("till.form.partner")
                font.weight: Font.DemiBold
                visible: root.viewModel.form === "move"
                Accessible.role: Accessible.Heading
            }

            Flow {
                width: parent.width
                spacing: root.theme.gap * 2
                visible: root.offers

                Repeater {
                    model: root.offers ? root.viewModel.tables.choices : null

                    ActionButton {
                        required property int index
                        required property string code
                        required property string name
                        required property bool taken

                        theme: root.theme
                        text: name
                        chosen: taken
                        focus: !root.counts && index === 0
                        onPressed: root.viewModel.choosePartner(code)
                    }
                }
            }

            Label {
                width: parent.width
                theme: root.theme
                text: qsTrId("till.form.stock")
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                visible: root.viewModel.form === "move"
                Accessible.role: Accessible.Heading
            }

            Repeater {
                id: papers

                model: root.viewModel.form === "move" ? root.viewModel.tables.stock : null

                StockCountField {
                    required property int index
                    required property string item
                    required property string name
                    required property string pieces
                    required property bool numbered

                    theme: root.theme
                    width: beside.width
                    label: name + "  ·  " + pieces
                    hint: numbered ? qsTrId("till.form.stock.range") : qsTrId("till.form.stock.pieces")
                    onTyped: text => root.viewModel.typeStock(item, text)
                    onSubmitted: index + 1 < papers.count ? (papers.itemAt(index + 1) as StockCountField).takeKeyboard() : commit.forceActiveFocus()
                }
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

            ActionButton {
                id: commit

                theme: root.theme
                kind: "primary"
                text: qsTrId("till.form.confirm")
                key: "F12"
                visible: root.counts
                onPressed: root.viewModel.go()
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
