import QtQuick

// A few words on a coloured ground.
Rectangle {
    id: root

    required property Theme theme
    required property string text
    property string tone: "ok"

    implicitWidth: words.implicitWidth + theme.gap * 4
    implicitHeight: words.implicitHeight + theme.gap * 1.5
    radius: 6
    color: theme.toneGround(tone)
    border.width: theme.hairline
    border.color: Qt.alpha(theme.toneInk(tone), theme.contrast ? 1 : 0.3)

    Label {
        id: words

        anchors.centerIn: parent
        theme: root.theme
        quiet: true
        text: root.text
        color: root.theme.toneInk(root.tone)
    }
}
