import QtQuick
import Outlet.Components

// How much of a scrolling part is seen, and where; nothing where all of it is.
Rectangle {
    id: root

    required property Theme theme
    required property Flickable area

    readonly property real share: area.visibleArea.heightRatio

    anchors.right: area.right
    y: area.y + area.visibleArea.yPosition * area.height
    width: theme.gap
    height: Math.max(theme.gap * 6, share * area.height)
    radius: width / 2
    color: theme.muted
    visible: area.visible && area.height > 0 && share < 0.999
    Accessible.ignored: true
}
