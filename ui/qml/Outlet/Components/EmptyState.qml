import QtQuick

// What a page says when there is nothing to show.
Column {
    id: root

    required property Theme theme
    required property string icon
    required property string title
    property string explanation: ""

    spacing: theme.gap * 2

    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        width: root.theme.icon * 3
        height: width
        radius: width / 2
        color: root.theme.tint

        Icon {
            anchors.centerIn: parent
            theme: root.theme
            name: root.icon
            size: root.theme.icon * 1.5
            tone: root.theme.accent
        }
    }

    Label {
        width: root.width
        theme: root.theme
        text: root.title
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.Wrap
    }

    Label {
        width: root.width
        theme: root.theme
        quiet: true
        text: root.explanation
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.Wrap
        visible: text !== ""
    }
}
