import QtQuick
import Outlet.Components

// One state in the top bar: a lamp, an icon and its words.
Item {
    id: root

    required property Theme theme
    required property string sign
    required property string text
    required property string tone
    required property string spoken

    signal pressed

    implicitWidth: row.implicitWidth + theme.gap * 5
    implicitHeight: Math.round(theme.small * 2)
    activeFocusOnTab: true
    visible: spoken !== ""
    Accessible.role: Accessible.Button
    Accessible.name: spoken
    Accessible.focusable: true
    Accessible.onPressAction: root.pressed()
    Keys.onReturnPressed: root.pressed()
    Keys.onEnterPressed: root.pressed()
    Keys.onSpacePressed: root.pressed()

    Rectangle {
        anchors.fill: parent
        radius: height / 2
        color: root.theme.pill
        border.width: root.activeFocus ? 2 : root.theme.contrast ? 1 : 0
        border.color: root.theme.deepInk
    }

    Row {
        id: row

        anchors.centerIn: parent
        spacing: root.theme.gap * 1.5

        Rectangle {
            width: Math.round(root.theme.small * 0.6)
            height: width
            radius: root.tone === "ok" ? width / 2 : 2
            color: root.theme.lamp(root.tone)
            anchors.verticalCenter: parent.verticalCenter
        }

        Icon {
            theme: root.theme
            name: root.sign
            size: Math.round(root.theme.small * 1.2)
            tone: root.theme.deepInk
            anchors.verticalCenter: parent.verticalCenter
        }

        Label {
            theme: root.theme
            quiet: true
            text: root.text
            color: root.theme.deepInk
            visible: root.text !== ""
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
    }

    MouseArea {
        anchors.fill: parent
        onClicked: root.pressed()
    }
}
