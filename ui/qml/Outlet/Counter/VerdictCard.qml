import QtQuick
import Outlet.Components

// One verdict in plain words, with the sign of its tone.
Rectangle {
    id: root

    required property Theme theme
    required property string tone
    required property string text

    height: Math.max(verdict.implicitHeight, sign.height) + theme.gap * 10
    radius: theme.radius + 2
    color: theme.toneGround(tone)
    border.width: theme.hairline
    border.color: Qt.alpha(theme.toneInk(tone), theme.contrast ? 1 : 0.4)

    Icon {
        id: sign

        theme: root.theme
        name: root.tone === "ok" ? "check" : root.tone === "wait" ? "queue" : "warn"
        size: root.theme.icon * 1.6
        tone: root.theme.toneInk(root.tone)
        x: root.theme.gap * 6
        anchors.verticalCenter: parent.verticalCenter
    }

    Label {
        id: verdict

        anchors.left: sign.right
        anchors.leftMargin: root.theme.gap * 4
        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 6
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.text
        color: root.theme.toneInk(root.tone)
        font.weight: Font.DemiBold
        wrapMode: Text.Wrap
    }
}
