import QtQuick
import Outlet.Components

// The terminal cannot work: why, what is safe, what to do.
Item {
    id: root

    required property Theme theme
    required property string text

    Card {
        theme: root.theme
        anchors.centerIn: parent
        width: Math.min(root.width - root.theme.gap * 12, Math.round(640 * root.theme.scale))
        height: words.implicitHeight + root.theme.gap * 16

        EmptyState {
            id: words

            anchors.centerIn: parent
            width: parent.width - root.theme.gap * 16
            theme: root.theme
            icon: "warn"
            title: qsTrId("failed.title")
            explanation: root.text
        }
    }
}
