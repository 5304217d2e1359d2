pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The entries behind a figure and their sum, which is the figure.
Card {
    id: root

    required property TillPage viewModel

    Label {
        id: heading

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: root.theme.gap * 4
        theme: root.theme
        text: root.viewModel.listing.title
        font.weight: Font.DemiBold
        elide: Text.ElideRight
        Accessible.role: Accessible.Heading
    }

    ListView {
        id: list

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: heading.bottom
        anchors.bottom: sum.top
        anchors.margins: root.theme.gap * 2
        cacheBuffer: 0
        clip: true
        activeFocusOnTab: true
        model: root.viewModel.tables.lines
        boundsBehavior: Flickable.StopAtBounds
        Accessible.role: Accessible.List
        Accessible.name: heading.text
        Accessible.focusable: true

        delegate: TillLine {
            required property string title
            required property string amount

            theme: root.theme
            width: ListView.view.width
            label: title
            figure: amount
            chosen: ListView.isCurrentItem && list.activeFocus
        }
    }

    CashUpSum {
        id: sum

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.margins: root.theme.gap * 4
        theme: root.theme
        label: qsTrId("till.sum")
        figure: root.viewModel.listing.total
    }
}
