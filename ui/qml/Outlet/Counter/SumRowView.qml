import QtQuick
import Outlet.Components

// One sum of a table; by hours it is also a bar of a chart, so that the day is seen at a glance.
Item {
    id: root

    required property Theme theme
    required property bool current
    required property bool focused
    required property bool bars
    required property string label
    required property string count
    required property string amount
    required property int share

    signal chosen

    readonly property bool beside: name.implicitWidth + much.implicitWidth + how.implicitWidth + theme.gap * 10 <= width

    implicitHeight: (beside ? Math.max(name.implicitHeight, theme.body * 1.6) : name.height + much.height) + theme.gap * 3
    Accessible.role: Accessible.ListItem
    Accessible.name: [label, amount, count].filter(part => part !== "").join(", ")
    Accessible.selected: current

    Rectangle {
        anchors.fill: parent
        radius: root.theme.radius - 2
        color: root.current ? root.theme.tint : "transparent"
        border.width: root.current && (root.focused || root.theme.contrast) ? 2 : 0
        border.color: root.theme.focusRing
    }

    Rectangle {
        id: bar

        x: Math.round(root.width * 0.22)
        anchors.verticalCenter: parent.verticalCenter
        width: Math.round(root.width * 0.5 * Math.abs(root.share) / 1000)
        height: Math.round(root.theme.body * 1.1)
        radius: 3
        color: root.share < 0 ? root.theme.danger : root.theme.primary
        visible: root.bars && root.beside
    }

    Label {
        id: name

        x: root.theme.gap * 3
        y: root.theme.gap * 1.5
        height: root.beside ? parent.height - root.theme.gap * 3 : implicitHeight
        width: root.beside ? implicitWidth : parent.width - root.theme.gap * 6
        theme: root.theme
        text: root.label
        verticalAlignment: Text.AlignVCenter
        wrapMode: root.beside ? Text.NoWrap : Text.Wrap
        Accessible.ignored: true
    }

    Label {
        id: how

        anchors.right: root.beside ? much.left : undefined
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: much.verticalCenter
        x: root.beside ? 0 : root.theme.gap * 3
        theme: root.theme
        quiet: true
        text: root.count
        elide: Text.ElideRight
        width: root.beside ? implicitWidth : Math.min(implicitWidth, much.x - root.theme.gap * 5)
        visible: text !== ""
        Accessible.ignored: true
    }

    Label {
        id: much

        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 3
        y: root.beside ? Math.round((parent.height - height) / 2) : name.y + name.height
        theme: root.theme
        text: root.amount
        font.weight: Font.DemiBold
        Accessible.ignored: true
    }

    MouseArea {
        anchors.fill: parent
        onClicked: root.chosen()
    }
}
