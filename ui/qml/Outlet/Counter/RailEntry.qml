import QtQuick
import Outlet.Components

// A page in the rail: icon, words, key.
Item {
    id: root

    required property Theme theme
    required property string icon
    required property string text
    required property string key
    required property bool chosen
    property int count: 0

    signal pressed

    width: parent ? parent.width : 0
    height: theme.control
    activeFocusOnTab: true
    Accessible.role: Accessible.PageTab
    Accessible.name: count > 0 ? text + " " + count : text
    Accessible.description: key
    Accessible.focusable: true
    Accessible.selected: chosen
    Accessible.onPressAction: root.pressed()
    Keys.onReturnPressed: root.pressed()
    Keys.onEnterPressed: root.pressed()
    Keys.onSpacePressed: root.pressed()

    Rectangle {
        anchors.fill: parent
        radius: root.theme.radius
        color: root.chosen ? root.theme.tint : "transparent"

        Rectangle {
            anchors.left: parent.left
            anchors.leftMargin: -2
            anchors.verticalCenter: parent.verticalCenter
            width: 4
            height: parent.height / 2
            radius: 2
            color: root.theme.accent
            visible: root.chosen
        }
    }

    FocusRing {
        theme: root.theme
        shown: root.activeFocus
    }

    Icon {
        id: sign

        theme: root.theme
        name: root.icon
        tone: root.chosen ? root.theme.accent : root.theme.muted
        anchors.verticalCenter: parent.verticalCenter
        x: root.theme.narrow ? (parent.width - width) / 2 : root.theme.gap * 3
    }

    Label {
        anchors.left: sign.right
        anchors.leftMargin: root.theme.gap * 2.5
        anchors.right: cap.left
        anchors.rightMargin: root.theme.gap
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.text
        color: root.chosen ? root.theme.accent : root.theme.ink
        font.pixelSize: root.theme.body - 2
        font.weight: root.chosen ? Font.DemiBold : Font.Normal
        elide: Text.ElideRight
        visible: !root.theme.narrow
        Accessible.ignored: true
    }

    KeyCap {
        id: cap

        theme: root.theme
        key: root.theme.narrow ? "" : root.key
        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 2
        anchors.verticalCenter: parent.verticalCenter
    }

    Rectangle {
        x: (root.theme.narrow ? root.width : cap.x) - width - root.theme.gap
        y: root.theme.narrow ? 0 : (root.height - height) / 2
        width: Math.max(height, number.implicitWidth + root.theme.gap * 2)
        height: Math.round(root.theme.small * 1.4)
        radius: height / 2
        color: root.theme.amber
        visible: root.count > 0

        Text {
            id: number

            anchors.centerIn: parent
            text: root.count
            color: root.theme.surface
            font.pixelSize: root.theme.small - 2
            font.weight: Font.DemiBold
            Accessible.ignored: true
        }
    }

    MouseArea {
        anchors.fill: parent
        onClicked: root.pressed()
    }
}
