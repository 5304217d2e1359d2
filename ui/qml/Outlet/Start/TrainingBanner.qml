import QtQuick
import Outlet.Components
import Outlet.Models

// Over every screen of practice: what it is, and the way out of it.
Rectangle {
    id: root

    required property Theme theme
    required property TrainingPane viewModel

    implicitHeight: Math.max(words.implicitHeight, leave.implicitHeight) + theme.gap * 2
    color: theme.training

    Label {
        id: words

        anchors.left: parent.left
        anchors.leftMargin: root.theme.gap * 5
        anchors.right: leave.left
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.viewModel.banner
        color: root.theme.trainingInk
        font.weight: Font.Bold
        wrapMode: Text.Wrap
        Accessible.role: Accessible.AlertMessage
    }

    ActionButton {
        id: leave

        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: qsTrId("training.end")
        key: "Ctrl+Q"
        onPressed: root.viewModel.end()
    }
}
