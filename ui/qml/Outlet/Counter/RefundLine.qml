import QtQuick
import Outlet.Components

// One line of a sale: how much was sold, how much is left, how much goes back now.
Item {
    id: root

    required property Theme theme
    required property int index
    required property string lineId
    required property string name
    required property string detail
    required property string amount
    required property string wish
    required property string note
    required property bool open
    property bool chosen: false

    signal stepped(int step)

    implicitHeight: Math.max(words.implicitHeight + theme.gap * 2, theme.control)
    Accessible.role: Accessible.ListItem
    Accessible.name: name + " " + detail + " " + amount + " " + wish

    Rectangle {
        anchors.fill: parent
        radius: root.theme.radius
        color: root.chosen ? root.theme.tint : "transparent"
    }

    Column {
        id: words

        anchors.left: parent.left
        anchors.leftMargin: root.theme.gap * 2
        anchors.right: steps.left
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: parent.verticalCenter

        Label {
            width: parent.width
            theme: root.theme
            text: root.name + "   " + root.amount
            elide: Text.ElideRight
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.note === "" ? root.detail : root.detail + "  ·  " + root.note
            color: root.note === "" ? root.theme.muted : root.theme.toneInk("wait")
            wrapMode: Text.Wrap
        }
    }

    Row {
        id: steps

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap * 2

        ActionButton {
            theme: root.theme
            text: "−"
            spoken: qsTrId("refund.fewer") + " " + root.name
            available: root.open
            onPressed: root.stepped(-1)
        }

        Label {
            width: Math.round(80 * root.theme.scale)
            anchors.verticalCenter: parent.verticalCenter
            theme: root.theme
            text: root.wish
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
        }

        ActionButton {
            theme: root.theme
            text: "+"
            spoken: qsTrId("refund.more") + " " + root.name
            available: root.open
            onPressed: root.stepped(1)
        }
    }
}
