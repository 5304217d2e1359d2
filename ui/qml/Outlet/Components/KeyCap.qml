import QtQuick

// The name of a key, drawn as a key.
Rectangle {
    id: root

    required property Theme theme
    required property string key
    property color ink: theme.muted
    property int font: theme.small - 1

    implicitWidth: Math.max(cap.implicitWidth + theme.gap * 3, implicitHeight)
    implicitHeight: cap.implicitHeight + theme.gap
    radius: 5
    color: "transparent"
    border.width: theme.hairline
    border.color: Qt.alpha(ink, 0.35)
    visible: key !== ""

    Text {
        id: cap

        anchors.centerIn: parent
        text: root.key
        color: root.ink
        font.pixelSize: root.font
        textFormat: Text.PlainText
        Accessible.ignored: true
    }
}
