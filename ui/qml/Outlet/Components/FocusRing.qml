import QtQuick

// Shows where the keyboard is.
Rectangle {
    id: root

    required property Theme theme
    required property bool shown

    anchors.fill: parent
    anchors.margins: -3
    radius: theme.radius + 3
    color: "transparent"
    border.width: 2
    border.color: theme.focusRing
    visible: shown
}
