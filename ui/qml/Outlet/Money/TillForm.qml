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
                text: qsTrId("till.form.partner")
                font.weight: Font.DemiBold
                visible: root.viewModel.form === "move"
                Accessible.role: Accessible.Heading
            }

            Flow {
                width: parent.width
                spacing: root.theme.gap * 2
                visible: root.viewModel.form !== "check"

                Repeater {
                    model: root.viewModel.form === "check" ? null : root.viewModel.tables.choices

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
                model: root.viewModel.form === "move" ? root.viewModel.tables.stock : null

                Item {
                    id: paper

                    required property string item
                    required property string name
                    required property string pieces
                    required property bool numbered

                    width: beside.width
                    height: Math.max(entry.height, label.implicitHeight)

                    Label {
                        id: label

                        anchors.left: parent.left
                        anchors.right: entry.left
                        anchors.rightMargin: root.theme.gap * 3
                        anchors.verticalCenter: parent.verticalCenter
                        theme: root.theme
                        text: paper.name + "  ·  " + paper.pieces
                        wrapMode: Text.Wrap
                        Accessible.ignored: true
                    }

                    Field {
                        id: entry

                        anchors.right: parent.right
                        width: Math.round(parent.width * 0.48)
                        theme: root.theme
                        labelled: true
                        figures: true
                        maximumLength: 40
                        name: paper.name
                        hint: paper.numbered ? qsTrId("till.form.stock.range") : qsTrId("till.form.stock.pieces")
                        onEdited: text => root.viewModel.typeStock(paper.item, text)
                        onSubmitted: nextItemInFocusChain().forceActiveFocus()
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
            commit.forceActiveFocus();
        }

        target: root.viewModel
    }
}
