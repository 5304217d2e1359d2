import QtQuick
import Outlet.Components

// One possible cause; Enter opens the entries behind it.
Rectangle {
    id: root

    required property Theme theme
    required property bool current
    required property string title
    required property string why
    required property string action
    required property bool likeliest

    signal opened

    implicitHeight: words.implicitHeight + theme.gap * 7
    radius: theme.radius
    color: likeliest ? theme.tint : theme.surface
    border.width: current ? 2 : theme.hairline
    border.color: current ? theme.focusRing : likeliest ? theme.accent : theme.line
    Accessible.role: Accessible.ListItem
    Accessible.name: [title, why, action].filter(part => part !== "").join(", ")

    Column {
        id: words

        anchors.left: parent.left
        anchors.leftMargin: root.theme.gap * 5
        anchors.right: deed.left
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap

        Label {
            width: parent.width
            theme: root.theme
            text: root.title
            font.pixelSize: root.theme.body - 1
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.why
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }
    }

    Label {
        id: deed

        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 5
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.action
        color: root.theme.accent
        font.pixelSize: root.theme.small + 1
        Accessible.ignored: true
    }

    MouseArea {
        anchors.fill: parent
        onClicked: root.opened()
    }
}
