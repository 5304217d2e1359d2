pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Every means of payment beside cash, each with the key that begins it.
Card {
    id: root

    required property PaymentPane viewModel

    readonly property int columns: theme.narrow ? 3 : 5
    readonly property int tileWidth: Math.floor((grid.width - grid.spacing * (columns - 1)) / columns)

    height: grid.implicitHeight + theme.gap * 6

    Grid {
        id: grid

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: root.theme.gap * 4
        anchors.verticalCenter: parent.verticalCenter
        columns: root.columns
        spacing: root.theme.gap * 2

        Repeater {
            id: tiles

            model: root.viewModel.entry.choices

            TenderTile {
                theme: root.theme
                width: root.tileWidth
                height: Math.max(implicitHeight, Math.round(56 * root.theme.scale))
                chosen: root.viewModel.entry.kind === kind
                onPressed: root.viewModel.chooseTender(kind)
            }
        }
    }
}
