pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// What the centre sent: a list, and one record in full with the clerk's answer.
PageFrame {
    id: root

    required property DirectivesPage viewModel

    readonly property bool shown: viewModel.selected >= 0
    // With large text the record covers the list: half a page would be too little for either.
    readonly property bool beside: shown && !theme.narrow

    title: qsTrId("directives.title")
    subtitle: viewModel.summaryText

    Card {
        id: entries

        theme: root.theme
        anchors.left: parent.left
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        width: root.beside ? Math.round(parent.width * 0.42) : parent.width
        visible: root.beside || !root.shown

        ListView {
            id: list

            cacheBuffer: 0
            anchors.fill: parent
            anchors.margins: root.theme.gap
            focus: !root.shown
            clip: true
            model: root.viewModel.rows
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: root.theme.motion
            activeFocusOnTab: true
            Keys.onReturnPressed: root.viewModel.open(currentIndex)
            Keys.onEnterPressed: root.viewModel.open(currentIndex)
            onCurrentIndexChanged: root.viewModel.follow(currentIndex)
            Accessible.role: Accessible.List
            Accessible.name: root.title
            Accessible.focusable: true

            delegate: InboxRowView {
                required property int index

                theme: root.theme
                width: ListView.view.width
                current: ListView.isCurrentItem
                focused: list.activeFocus
                onChosen: {
                    list.currentIndex = index;
                    root.viewModel.open(index);
                }
            }
        }
    }

    DirectiveView {
        theme: root.theme
        viewModel: root.viewModel
        anchors.left: root.beside ? entries.right : parent.left
        anchors.leftMargin: root.beside ? root.theme.gap * 3 : 0
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        visible: root.shown
        focus: root.shown
        onVisibleChanged: visible ? forceActiveFocus() : list.forceActiveFocus()
    }

    EmptyState {
        anchors.centerIn: entries
        width: Math.min(entries.width, Math.round(420 * root.theme.scale))
        theme: root.theme
        icon: "check"
        title: qsTrId("directives.empty")
        explanation: qsTrId("directives.empty.next")
        visible: list.count === 0
    }
}
