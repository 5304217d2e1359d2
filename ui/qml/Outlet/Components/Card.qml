import QtQuick

// A surface on the ground.
Rectangle {
    id: root

    required property Theme theme

    radius: theme.radius + 2
    color: theme.surface
    border.width: theme.hairline
    border.color: theme.line
}
