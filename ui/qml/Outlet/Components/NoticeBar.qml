import QtQuick

// What happened, what is safe, what to do next.
Rectangle {
    id: root

    required property Theme theme
    required property string text
    required property string tone
    required property string closeName

    signal closed

    implicitHeight: visible ? Math.max(words.implicitHeight + theme.gap * 6, theme.control) : 0
    visible: text !== ""
    color: theme.toneGround(tone)
    radius: theme.radius
    border.width: theme.hairline
    border.color: Qt.alpha(theme.toneInk(tone), theme.contrast ? 1 : 0.4)
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text

    Icon {
        id: sign

        theme: root.theme
        name: root.tone === "ok" ? "check" : root.tone === "info" ? "info" : "warn"
        tone: root.theme.toneInk(root.tone)
        anchors.left: parent.left
        anchors.leftMargin: root.theme.gap * 4
        anchors.verticalCenter: parent.verticalCenter
    }

    Label {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: root.theme.gap * 3
        anchors.right: close.left
        anchors.rightMargin: root.theme.gap * 2
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.text
        color: root.tone === "info" ? root.theme.ink : root.theme.toneInk(root.tone)
        wrapMode: Text.Wrap
    }

    ActionButton {
        id: close

        theme: root.theme
        kind: "quiet"
        icon: "close"
        text: ""
        spoken: root.closeName
        activeFocusOnTab: false
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        implicitWidth: root.theme.control
        onPressed: root.closed()
    }
}
