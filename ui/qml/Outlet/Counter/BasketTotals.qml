import QtQuick
import Outlet.Components
import Outlet.Models

// What the lines come to, and the one primary action.
Column {
    id: root

    required property Theme theme
    required property BasketPane viewModel
    required property bool selling

    signal payWanted

    spacing: theme.gap * 2

    Rectangle {
        width: parent.width
        height: root.theme.hairline
        color: root.theme.line
    }

    FigureLine {
        width: parent.width
        theme: root.theme
        label: root.viewModel.countText
        figure: root.viewModel.subtotal
        visible: !root.theme.narrow || root.viewModel.discount !== ""
    }

    FigureLine {
        width: parent.width
        theme: root.theme
        label: qsTrId("basket.discount")
        figure: root.viewModel.discount
        tone: root.theme.accent
        visible: root.viewModel.discount !== ""
    }

    GrandFigure {
        width: parent.width
        theme: root.theme
        label: qsTrId("basket.due")
        figure: root.viewModel.total
    }

    ActionButton {
        width: parent.width
        theme: root.theme
        kind: "primary"
        big: !root.theme.narrow
        key: "F12"
        text: qsTrId("basket.pay")
        available: !root.viewModel.empty && root.selling
        visible: root.selling
        onPressed: root.payWanted()
    }
}
