pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The one field, what it found, and the goods sold most.
FocusScope {
    id: root

    required property Theme theme
    required property ScanField viewModel
    required property BasketPane basket

    Item {
        id: bar

        anchors.left: parent.left
        anchors.right: parent.right
        height: root.theme.control + root.theme.gap * 3

        Field {
            id: field

            anchors.fill: parent
            theme: root.theme
            labelled: true
            focus: true
            big: true
            lead: Math.round(root.theme.icon * 1.3) + root.theme.gap * 3
            name: qsTrId("scan.name")
            hint: qsTrId("scan.hint")
            maximumLength: 256
            onEdited: text => root.viewModel.type(text)
            onSubmitted: root.viewModel.confirm()
            Keys.onDownPressed: root.viewModel.move(1)
            Keys.onUpPressed: root.viewModel.move(-1)
        }

        Icon {
            theme: root.theme
            name: "barcode"
            size: Math.round(root.theme.icon * 1.3)
            tone: root.theme.accent
            x: root.theme.gap * 4
            anchors.verticalCenter: parent.verticalCenter
        }
    }

    Card {
        id: results

        theme: root.theme
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: bar.bottom
        anchors.topMargin: root.theme.gap * 4
        height: Math.min(list.contentHeight + root.theme.gap * 2, root.height - y)
        visible: root.viewModel.searching && list.count > 0
        clip: true

        ListView {
            id: list

            cacheBuffer: 0
            anchors.fill: parent
            anchors.margins: root.theme.gap
            model: root.viewModel.results
            currentIndex: root.viewModel.selected
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: 0
            Accessible.role: Accessible.List
            Accessible.name: qsTrId("scan.results")

            delegate: Item {
                id: row

                required property int index
                required property string sku
                required property string name
                required property string code
                required property string price
                required property string unit
                required property bool sellable

                readonly property bool current: ListView.isCurrentItem

                width: ListView.view.width
                height: Math.round(root.theme.body * 3.3)
                Accessible.role: Accessible.ListItem
                Accessible.name: row.name + ", " + row.price + " " + row.unit
                Accessible.selected: current

                Rectangle {
                    anchors.fill: parent
                    radius: root.theme.radius - 2
                    color: row.current ? root.theme.tint : "transparent"
                    border.width: row.current && root.theme.contrast ? 2 : 0
                    border.color: root.theme.accent
                }

                Rectangle {
                    anchors.bottom: parent.bottom
                    x: root.theme.gap * 3
                    width: parent.width - root.theme.gap * 6
                    height: root.theme.hairline
                    color: root.theme.line
                    visible: !row.current && row.index < list.count - 1 && row.index !== root.viewModel.selected - 1
                }

                Column {
                    anchors.left: parent.left
                    anchors.leftMargin: root.theme.gap * 4
                    anchors.right: price.left
                    anchors.rightMargin: root.theme.gap * 4
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: 1

                    Label {
                        width: parent.width
                        theme: root.theme
                        text: row.name
                        elide: Text.ElideRight
                        Accessible.ignored: true
                    }

                    Label {
                        width: parent.width
                        theme: root.theme
                        quiet: true
                        text: row.code
                        elide: Text.ElideRight
                        Accessible.ignored: true
                    }
                }

                Column {
                    id: price

                    anchors.right: parent.right
                    anchors.rightMargin: root.theme.gap * 4
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: 1

                    Label {
                        anchors.right: parent.right
                        theme: root.theme
                        text: row.price
                        color: row.sellable ? root.theme.ink : root.theme.amber
                        font.weight: Font.Medium
                        Accessible.ignored: true
                    }

                    Label {
                        anchors.right: parent.right
                        theme: root.theme
                        quiet: true
                        text: row.unit
                        Accessible.ignored: true
                    }
                }

                MouseArea {
                    anchors.fill: parent
                    onClicked: root.viewModel.choose(row.sku, "touch")
                }
            }
        }
    }

    EmptyState {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.top: bar.bottom
        anchors.topMargin: root.theme.gap * 16
        width: Math.min(parent.width, Math.round(440 * root.theme.scale))
        theme: root.theme
        icon: "barcode"
        title: qsTrId("scan.nothing_found")
        explanation: qsTrId("scan.nothing_found.next")
        visible: root.viewModel.nothingFound
    }

    Label {
        id: often

        anchors.top: bar.bottom
        anchors.topMargin: root.theme.gap * 5
        x: root.theme.gap
        theme: root.theme
        quiet: true
        text: qsTrId("scan.favourites")
        visible: !root.viewModel.searching && grid.count > 0
    }

    GridView {
        id: grid

        cacheBuffer: 0
        readonly property int columns: Math.max(2, Math.floor(width / (165 * root.theme.scale)))

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.rightMargin: -root.theme.gap * 3
        anchors.top: often.bottom
        anchors.topMargin: root.theme.gap * 2
        anchors.bottom: parent.bottom
        cellWidth: Math.floor(width / columns)
        cellHeight: Math.round(root.theme.body * 5.4)
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        model: root.viewModel.favourites
        visible: !root.viewModel.searching
        Accessible.role: Accessible.List
        Accessible.name: qsTrId("scan.favourites")

        delegate: GoodsTile {
            theme: root.theme
            width: grid.cellWidth - root.theme.gap * 3
            height: grid.cellHeight - root.theme.gap * 3
            onActiveFocusChanged: if (activeFocus)
                grid.positionViewAtIndex(index, GridView.Contain)
            onPressed: source => root.viewModel.choose(sku, source)
        }
    }

    EmptyState {
        anchors.centerIn: parent
        width: Math.min(parent.width, Math.round(440 * root.theme.scale))
        theme: root.theme
        icon: "barcode"
        title: qsTrId("scan.ready")
        explanation: qsTrId("scan.ready.next")
        visible: !root.viewModel.searching && grid.count === 0
    }

    Connections {
        function onCleared(): void {
            field.clear();
        }

        function onWritten(text: string): void {
            field.text = text;
        }

        target: root.viewModel
    }
}
