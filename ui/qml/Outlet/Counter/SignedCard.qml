import QtQuick
import Outlet.Components

// A sign, what it stands for, one sentence, and below it what may be done about it.
Card {
    id: root

    required property string sign
    required property string title
    required property string explanation
    default property alias deeds: deedRow.data

    height: Math.max(words.implicitHeight, theme.icon * 2) + theme.gap * 8

    Rectangle {
        id: plate

        x: root.theme.gap * 6
        anchors.verticalCenter: parent.verticalCenter
        width: root.theme.icon * 2
        height: width
        radius: root.theme.radius
        color: root.theme.tint

        Icon {
            anchors.centerIn: parent
            theme: root.theme
            name: root.sign
            tone: root.theme.accent
        }
    }

    Column {
        id: words

        anchors.left: plate.right
        anchors.leftMargin: root.theme.gap * 4
        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 6
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap

        Label {
            width: parent.width
            theme: root.theme
            text: root.title
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.explanation
            wrapMode: Text.Wrap
        }

        Row {
            id: deedRow

            visible: children.length > 0
        }
    }
}
