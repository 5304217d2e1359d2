import QtQuick
import Outlet.Components

// What still waits for the platform when the day is closed, to be read and acknowledged.
Rectangle {
    id: root

    required property Theme theme
    required property string text
    required property bool acknowledged

    signal acknowledge

    implicitHeight: content.implicitHeight + theme.gap * 6
    radius: theme.radius
    color: theme.warm

    Column {
        id: content

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: root.theme.gap * 4
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap * 2

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            color: root.theme.amber
            text: root.text
            wrapMode: Text.Wrap
        }

        ActionButton {
            theme: root.theme
            text: qsTrId("sign_on.acknowledge")
            chosen: root.acknowledged
            icon: root.acknowledged ? "check" : ""
            onPressed: root.acknowledge()
        }
    }
}
