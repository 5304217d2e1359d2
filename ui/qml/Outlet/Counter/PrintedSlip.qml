import QtQuick
import Outlet.Components

// A slip of the print queue: what it is, where it stands, and printing it again.
Item {
    id: root

    required property Theme theme
    required property string jobId
    required property string title
    required property string detail
    required property string tone
    required property bool asks

    signal again

    height: Math.max(words.implicitHeight + theme.gap * 2, theme.control)

    Column {
        id: words

        anchors.left: parent.left
        anchors.right: button.left
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: parent.verticalCenter

        Label {
            width: parent.width
            theme: root.theme
            text: root.title
            font.pixelSize: root.theme.body - 2
            elide: Text.ElideRight
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.detail
            color: root.theme.toneInk(root.tone)
            wrapMode: Text.Wrap
        }
    }

    ActionButton {
        id: button

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.asks ? qsTrId("last.print_copy") : qsTrId("last.print_again")
        spoken: text + " " + root.title
        onPressed: root.again()
    }
}
