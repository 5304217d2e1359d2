import QtQuick
import Outlet.Components

// How many lines of a list are scrolled off, above and below.
Row {
    id: root

    required property Theme theme
    required property ListView list

    readonly property real lineHeight: list.count > 0 ? list.contentHeight / list.count : 1
    readonly property real skipped: list.contentY - list.originY
    // A line of which a quarter is hidden counts as scrolled off.
    readonly property int above: Math.max(0, Math.ceil(skipped / lineHeight - 0.25))
    readonly property int below: Math.max(0, list.count - Math.floor((skipped + list.height) / lineHeight + 0.25))

    spacing: theme.gap * 3
    visible: above + below > 0

    Label {
        theme: root.theme
        quiet: true
        text: "↑ " + root.above
        visible: root.above > 0
        Accessible.name: qsTrId("basket.lines_above").replace("{count}", root.above)
    }

    Label {
        theme: root.theme
        quiet: true
        text: "↓ " + root.below
        visible: root.below > 0
        Accessible.name: qsTrId("basket.lines_below").replace("{count}", root.below)
    }
}
