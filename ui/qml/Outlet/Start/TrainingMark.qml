import QtQuick
import Outlet.Components

// Across every screen of practice, and around it: a picture of one is known for what it is.
Item {
    id: root

    required property Theme theme

    Rectangle {
        anchors.fill: parent
        color: "transparent"
        border.width: root.theme.gap
        border.color: root.theme.training
    }

    Text {
        anchors.centerIn: parent
        text: "练习 TRAINING"
        rotation: -18
        color: root.theme.training
        opacity: root.theme.dark ? 0.24 : root.theme.contrast ? 0.22 : 0.14
        font.pixelSize: Math.round(Math.min(root.width * 0.11, root.height * 0.2))
        font.weight: Font.Bold
        Accessible.ignored: true
    }
}
