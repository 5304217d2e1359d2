import QtQuick
import Outlet.Components
import Outlet.Models

// The terminal cannot work: why, what is safe, what to do, and a key that tries again.
FocusScope {
    id: root

    required property Theme theme
    required property Face face

    focus: true

    Card {
        theme: root.theme
        anchors.centerIn: parent
        width: Math.min(root.width - root.theme.gap * 12, Math.round(640 * root.theme.scale))
        height: Math.min(root.height - root.theme.gap * 8, content.implicitHeight + root.theme.gap * 16)

        ScrollArea {
            theme: root.theme
            anchors.fill: parent
            anchors.margins: root.theme.gap * 8
            contentHeight: content.implicitHeight

            Column {
                id: content

                width: parent.width
                spacing: root.theme.gap * 6

                EmptyState {
                    width: parent.width
                    theme: root.theme
                    icon: "warn"
                    title: qsTrId("failed.title")
                    explanation: root.face.failureText
                }

                ActionButton {
                    anchors.horizontalCenter: parent.horizontalCenter
                    theme: root.theme
                    focus: true
                    kind: "primary"
                    big: true
                    key: "Enter"
                    text: qsTrId("failed.retry")
                    available: !root.face.retrying
                    onPressed: root.face.retry()
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    quiet: true
                    text: root.face.retryText
                    horizontalAlignment: Text.AlignHCenter
                    wrapMode: Text.Wrap
                    Accessible.role: Accessible.AlertMessage
                }
            }
        }
    }
}
