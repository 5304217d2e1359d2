import QtQuick
import Outlet.Components
import Outlet.Models

// What can be done with a till.
Flow {
    id: root

    required property Theme theme
    required property TillPage viewModel

    spacing: theme.gap * 2

    ActionButton {
        theme: root.theme
        kind: "primary"
        text: qsTrId("till.deed.send")
        key: "F2"
        onPressed: root.viewModel.begin("move")
    }

    ActionButton {
        theme: root.theme
        text: qsTrId("till.deed.take")
        key: "F7"
        onPressed: root.viewModel.begin("receive")
    }

    ActionButton {
        theme: root.theme
        text: qsTrId("till.deed.drawer")
        key: "F8"
        onPressed: root.viewModel.begin("drawer")
    }

    ActionButton {
        theme: root.theme
        text: qsTrId("till.deed.check")
        key: "F11"
        onPressed: root.viewModel.begin("check")
    }
}
