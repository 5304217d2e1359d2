pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The entries a sum is made of, and the sum again: they add up to it.
Card {
    id: root

    required property ReportsPage viewModel

    Label {
        id: title

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: root.theme.gap * 4
        theme: root.theme
        text: root.viewModel.openTitle
        font.weight: Font.DemiBold
        wrapMode: Text.Wrap
        Accessible.role: Accessible.Heading
    }

    ListView {
        id: list

        cacheBuffer: 0
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: title.bottom
        anchors.bottom: sum.top
        anchors.margins: root.theme.gap
        clip: true
        activeFocusOnTab: true
        model: root.viewModel.entries
        boundsBehavior: Flickable.StopAtBounds
        Accessible.role: Accessible.List
        Accessible.name: root.viewModel.openTitle
        Accessible.focusable: true

        delegate: InboxRowView {
            required property int seq
            required property string what

            theme: root.theme
            width: ListView.view.width
            current: ListView.isCurrentItem && list.activeFocus
            focused: list.activeFocus
            title: "#" + seq + "  " + what
            stateText: ""
            tone: ""
        }
    }

    FigureLine {
        id: sum

        theme: root.theme
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.margins: root.theme.gap * 4
        label: qsTrId("reports.sum")
        figure: root.viewModel.openTotal
    }
}
