import QtQuick
import Outlet.Components

// A sum of the till in larger type.
Item {
    id: root

    required property Theme theme
    required property string label
    required property string figure

    implicitHeight: amount.implicitHeight
    Accessible.role: Accessible.StaticText
    Accessible.name: label + " " + figure

    Label {
        anchors.left: parent.left
        anchors.right: amount.left
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.label
        elide: Text.ElideRight
        Accessible.ignored: true
    }

    Label {
        id: amount

        anchors.right: parent.right
        theme: root.theme
        text: root.figure
        font.pixelSize: Math.round(root.theme.body * 1.4)
        Accessible.ignored: true
    }
}
