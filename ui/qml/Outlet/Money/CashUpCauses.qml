pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Why it is not the same, the likeliest first; below it what can be excluded, and what to do.
Card {
    id: root

    required property CashUp viewModel

    readonly property CashUpFigures figures: viewModel.figures
    readonly property bool even: figures.difference === ""

    implicitHeight: causes.contentHeight + deeds.height + heading.height + theme.gap * 14

    Label {
        id: heading

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: root.theme.gap * 5
        theme: root.theme
        text: root.even ? qsTrId("cash_up.even.title") : qsTrId("cash_up.causes")
        font.weight: Font.DemiBold
        wrapMode: Text.Wrap
        Accessible.role: Accessible.Heading
    }

    ListView {
        id: causes

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: heading.bottom
        anchors.bottom: deeds.top
        anchors.margins: root.theme.gap * 5
        anchors.topMargin: root.theme.gap * 3
        focus: !root.even
        clip: true
        cacheBuffer: 0
        spacing: root.theme.gap * 2
        model: root.figures.causes
        boundsBehavior: Flickable.StopAtBounds
        highlightMoveDuration: root.theme.motion
        activeFocusOnTab: count > 0
        Keys.onReturnPressed: root.viewModel.behind.openCause(currentIndex)
        Keys.onEnterPressed: root.viewModel.behind.openCause(currentIndex)
        Accessible.role: Accessible.List
        Accessible.name: heading.text
        Accessible.focusable: true

        delegate: CashUpCause {
            required property int index

            theme: root.theme
            width: ListView.view.width
            current: ListView.isCurrentItem && causes.activeFocus
            onOpened: root.viewModel.behind.openCause(index)
        }

        footer: Item {
            width: ListView.view.width
            height: looked.implicitHeight > 0 ? looked.implicitHeight + root.theme.gap * 4 : 0

            Column {
                id: looked

                anchors.bottom: parent.bottom
                width: parent.width
                spacing: root.theme.gap

                Label {
                    width: parent.width
                    theme: root.theme
                    quiet: true
                    text: qsTrId("cash_up.excluded") + " " + root.figures.excluded
                    visible: root.figures.excluded !== ""
                    wrapMode: Text.Wrap
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    quiet: true
                    text: root.figures.unchecked
                    visible: text !== ""
                    wrapMode: Text.Wrap
                }
            }
        }
    }

    CashUpDeeds {
        id: deeds

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.margins: root.theme.gap * 5
        theme: root.theme
        viewModel: root.viewModel
        even: root.even
    }
}
