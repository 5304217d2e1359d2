pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The tables of a report and what can be done with the day; wraps with large text.
Flow {
    id: root

    required property Theme theme
    required property ReportsPage viewModel

    spacing: theme.gap * 2

    Repeater {
        model: root.viewModel.tabs

        ActionButton {
            required property string table
            required property string words
            required property bool current

            theme: root.theme
            text: words
            chosen: current
            onPressed: root.viewModel.chooseTab(table)
        }
    }

    ActionButton {
        theme: root.theme
        text: qsTrId("reports.print")
        visible: !root.theme.narrow
        key: "F2"
        onPressed: root.viewModel.printSlip()
    }

    ActionButton {
        theme: root.theme
        text: qsTrId("reports.export")
        visible: !root.theme.narrow
        key: "F12"
        onPressed: root.viewModel.exportFiles()
    }
}
