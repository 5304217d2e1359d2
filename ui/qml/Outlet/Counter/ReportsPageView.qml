pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// One day, table by table; every sum opens the entries it is the sum of.
PageFrame {
    id: root

    required property ReportsPage viewModel

    readonly property bool shown: viewModel.selected >= 0
    readonly property bool beside: shown && !theme.narrow

    title: qsTrId("reports.title")
    subtitle: viewModel.dayText + (viewModel.blind ? "" : "   " + qsTrId("reports.total") + " " + viewModel.totalText)
    actions: [
        ActionButton {
            theme: root.theme
            text: qsTrId("reports.before")
            key: "F7"
            available: root.viewModel.hasBefore
            onPressed: root.viewModel.before()
        },
        ActionButton {
            theme: root.theme
            text: qsTrId("reports.after")
            key: "F8"
            available: root.viewModel.hasAfter
            onPressed: root.viewModel.after()
        }
    ]

    ReportTabs {
        id: tabs

        theme: root.theme
        viewModel: root.viewModel
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        // With large text the entries need the room; the title says whose they are.
        visible: root.beside || !root.shown
        height: visible ? implicitHeight : 0
    }

    NoticeBar {
        id: mismatch

        theme: root.theme
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: tabs.bottom
        anchors.topMargin: visible ? root.theme.gap * 2 : 0
        text: root.viewModel.mismatchText
        tone: "danger"
        closeName: ""
    }

    NoticeBar {
        id: blind

        theme: root.theme
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: mismatch.bottom
        anchors.topMargin: visible ? root.theme.gap * 2 : 0
        text: root.viewModel.blind && list.count > 0 ? qsTrId("reports.blind") : ""
        tone: "info"
        closeName: ""
    }

    Card {
        id: sums

        theme: root.theme
        anchors.left: parent.left
        anchors.top: blind.bottom
        anchors.topMargin: root.theme.gap * 2
        anchors.bottom: parent.bottom
        width: root.beside ? Math.round(parent.width * 0.52) : parent.width
        visible: root.beside || !root.shown

        ListView {
            id: list

            readonly property bool chart: root.viewModel.tab === "hour"

            cacheBuffer: 0
            anchors.fill: parent
            anchors.margins: root.theme.gap
            focus: true
            clip: true
            model: root.viewModel.rows
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: root.theme.motion
            activeFocusOnTab: true
            Keys.onReturnPressed: root.viewModel.open(currentIndex)
            Keys.onEnterPressed: root.viewModel.open(currentIndex)
            Keys.onLeftPressed: root.viewModel.turnTab(-1)
            Keys.onRightPressed: root.viewModel.turnTab(1)
            onCurrentIndexChanged: root.viewModel.follow(currentIndex)
            Accessible.role: Accessible.List
            Accessible.name: root.title
            Accessible.focusable: true

            delegate: SumRowView {
                required property int index

                theme: root.theme
                width: ListView.view.width
                current: ListView.isCurrentItem
                focused: list.activeFocus
                bars: list.chart
                onChosen: {
                    list.currentIndex = index;
                    root.viewModel.open(index);
                }
            }

            footer: FigureLine {
                theme: root.theme
                x: root.theme.gap * 3
                width: ListView.view.width - root.theme.gap * 6
                label: qsTrId("reports.sum")
                figure: root.viewModel.tableTotalText
                visible: figure !== "" && list.count > 0
            }
        }

        EmptyState {
            anchors.centerIn: parent
            width: Math.min(parent.width, Math.round(420 * root.theme.scale))
            theme: root.theme
            icon: "report"
            title: root.viewModel.blind ? qsTrId("reports.blind_table") : qsTrId("reports.empty")
            explanation: root.viewModel.blind ? "" : qsTrId("reports.empty.next")
            visible: list.count === 0
        }
    }

    BehindView {
        theme: root.theme
        viewModel: root.viewModel
        anchors.left: root.beside ? sums.right : parent.left
        anchors.leftMargin: root.beside ? root.theme.gap * 3 : 0
        anchors.right: parent.right
        anchors.top: sums.top
        anchors.bottom: parent.bottom
        visible: root.shown
    }

    Loader {
        id: second

        anchors.fill: parent
        active: root.viewModel.second.open
        focus: active
        onLoaded: forceActiveFocus()
        sourceComponent: SecondPersonView {
            theme: root.theme
            viewModel: root.viewModel.second
            onCancelled: root.viewModel.second.close()
        }
    }
}
