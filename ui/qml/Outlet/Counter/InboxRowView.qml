import QtQuick
import Outlet.Components

// One record the centre sent: what, who and when, how much, where it stands.
Item {
    id: root

    required property Theme theme
    required property bool current
    required property bool focused
    required property string title
    required property string detail
    required property string amount
    required property string stateText
    required property string tone

    signal chosen

    implicitHeight: words.implicitHeight + theme.gap * 5
    Accessible.role: Accessible.ListItem
    Accessible.name: [title, stateText, amount, detail].filter(part => part !== "").join(", ")
    Accessible.selected: current

    Rectangle {
        anchors.fill: parent
        radius: root.theme.radius - 2
        color: root.current ? root.theme.tint : "transparent"
        border.width: root.current && (root.focused || root.theme.contrast) ? 2 : 0
        border.color: root.theme.focusRing
    }

    Column {
        id: words

        anchors.left: parent.left
        anchors.leftMargin: root.theme.gap * 3
        anchors.right: verdict.visible ? verdict.left : parent.right
        anchors.rightMargin: root.theme.gap * 2
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap / 2

        Label {
            width: parent.width
            theme: root.theme
            text: root.amount === "" ? root.title : root.title + "  " + root.amount
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.detail
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }
    }

    Badge {
        id: verdict

        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.stateText
        tone: root.tone
        visible: root.stateText !== ""
    }

    MouseArea {
        anchors.fill: parent
        onClicked: root.chosen()
    }
}
