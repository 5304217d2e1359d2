import QtQuick
import Outlet.Components

// One component of the till; Enter opens the entries it is the sum of.
Item {
    id: root

    required property Theme theme
    required property string label
    required property string figure
    required property bool opens

    signal opened

    implicitHeight: Math.round(theme.body * 2.1)
    activeFocusOnTab: opens
    Accessible.role: opens ? Accessible.Button : Accessible.StaticText
    Accessible.name: label + " " + figure
    Accessible.focusable: opens
    Accessible.onPressAction: root.opened()
    Keys.onReturnPressed: root.opened()
    Keys.onEnterPressed: root.opened()
    Keys.onSpacePressed: root.opened()

    FocusRing {
        theme: root.theme
        shown: root.activeFocus
    }

    Label {
        anchors.left: parent.left
        anchors.right: amount.left
        anchors.rightMargin: root.theme.gap * 2
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.label
        font.pixelSize: root.theme.body - 2
        elide: Text.ElideRight
        Accessible.ignored: true
    }

    Label {
        id: amount

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.figure
        color: root.opens ? root.theme.accent : root.theme.ink
        font.pixelSize: root.theme.body - 2
        Accessible.ignored: true
    }

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: root.theme.hairline
        color: root.theme.line
    }

    MouseArea {
        anchors.fill: parent
        enabled: root.opens
        onClicked: root.opened()
    }
}
