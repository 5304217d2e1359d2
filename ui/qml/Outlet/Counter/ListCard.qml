import QtQuick
import Outlet.Components
import Outlet.Models

// A short list under a heading, on a card of its own.
Card {
    id: root

    required property string title
    required property RowsModel rows
    property string explanation: ""
    property alias delegate: list.delegate

    height: all.implicitHeight + theme.gap * 10

    Column {
        id: all

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: root.theme.gap * 6
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap * 2

        Label {
            width: parent.width
            theme: root.theme
            text: root.title
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.explanation
            wrapMode: Text.Wrap
            visible: text !== ""
        }

        Repeater {
            id: list

            model: root.rows
        }
    }
}
