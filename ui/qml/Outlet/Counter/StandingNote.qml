import QtQuick
import Outlet.Components

// How far something is known, in words and a colour; nothing while there is nothing to say.
Rectangle {
    id: root

    required property Theme theme
    required property string text
    required property string tone

    implicitHeight: visible ? words.implicitHeight + theme.gap * 5 : 0
    visible: text !== ""
    radius: theme.radius
    color: theme.toneGround(tone)
    border.width: theme.hairline
    border.color: Qt.alpha(theme.toneInk(tone), theme.contrast ? 1 : 0.4)
    Accessible.role: Accessible.StaticText
    Accessible.name: text

    Icon {
        id: sign

        theme: root.theme
        name: root.tone === "info" ? "info" : "warn"
        tone: root.theme.toneInk(root.tone)
        anchors.left: parent.left
        anchors.leftMargin: root.theme.gap * 4
        anchors.verticalCenter: parent.verticalCenter
    }

    Label {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: root.theme.gap * 3
        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.text
        color: root.tone === "info" ? root.theme.ink : root.theme.toneInk(root.tone)
        wrapMode: Text.Wrap
        Accessible.ignored: true
    }
}
