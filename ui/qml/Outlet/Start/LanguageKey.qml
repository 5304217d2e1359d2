import QtQuick
import Outlet.Components

// A language by its own name, on the dark band.
Item {
    id: root

    required property Theme theme
    required property string text
    required property bool chosen

    signal pressed

    implicitWidth: label.implicitWidth + theme.gap * 6
    implicitHeight: Math.round(theme.control * 0.75)
    activeFocusOnTab: true
    Accessible.role: Accessible.RadioButton
    Accessible.name: text
    Accessible.checked: chosen
    Accessible.focusable: true
    Accessible.onPressAction: root.pressed()
    Keys.onReturnPressed: root.pressed()
    Keys.onEnterPressed: root.pressed()
    Keys.onSpacePressed: root.pressed()

    Rectangle {
        anchors.fill: parent
        radius: height / 2
        color: root.chosen ? root.theme.pill : "transparent"
        border.width: root.activeFocus ? 2 : root.theme.contrast && root.chosen ? 2 : 0
        border.color: root.theme.deepInk
    }

    Text {
        id: label

        anchors.centerIn: parent
        text: root.text
        color: root.chosen ? root.theme.deepInk : root.theme.deepMuted
        font.pixelSize: root.theme.small
        Accessible.ignored: true
    }

    MouseArea {
        anchors.fill: parent
        onClicked: root.pressed()
    }
}
