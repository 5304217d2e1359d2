import QtQuick
import Outlet.Components

// A name and an amount on one line.
Item {
    id: root

    required property Theme theme
    required property string label
    required property string figure
    property color tone: theme.ink
    property bool strong: false

    implicitHeight: figures.implicitHeight
    Accessible.role: Accessible.StaticText
    Accessible.name: label + " " + figure

    Label {
        anchors.left: parent.left
        anchors.right: figures.left
        anchors.rightMargin: root.theme.gap * 2
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.label
        color: root.strong ? root.theme.ink : root.theme.muted
        font.pixelSize: root.strong ? root.theme.body : root.theme.body - 2
        elide: Text.ElideRight
        Accessible.ignored: true
    }

    Label {
        id: figures

        anchors.right: parent.right
        theme: root.theme
        text: root.figure
        color: root.tone
        font.pixelSize: root.strong ? root.theme.body : root.theme.body - 2
        font.weight: root.strong ? Font.DemiBold : Font.Normal
        Accessible.ignored: true
    }
}
