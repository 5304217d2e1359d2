pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// After the count: the money at the left, what to think and do about it at the right.
FocusScope {
    id: root

    required property Theme theme
    required property CashUp viewModel

    readonly property bool wide: !theme.narrow

    focus: true

    ScrollArea {
        id: all

        anchors.fill: parent
        theme: root.theme
        interactive: !root.wide
        contentHeight: root.wide ? height : money.height + beside.height + root.theme.gap * 4

        CashUpMoney {
            id: money

            theme: root.theme
            viewModel: root.viewModel
            width: root.wide ? Math.round(parent.width * 0.36) : parent.width
            height: root.wide ? all.height : implicitHeight
        }

        Loader {
            id: beside

            x: root.wide ? money.width + root.theme.gap * 4 : 0
            y: root.wide ? 0 : money.height + root.theme.gap * 4
            width: parent.width - x
            height: root.wide ? all.height : Math.max(all.height, item ? (item as Item).implicitHeight : 0)
            focus: true
            sourceComponent: root.viewModel.behind.title !== "" ? entries : root.viewModel.step === "verify" ? verify : root.viewModel.step === "hand_over" ? end : causes
            onLoaded: if (root.activeFocus)
                forceActiveFocus()
        }
    }

    Component {
        id: entries

        CashUpEntries {
            theme: root.theme
            viewModel: root.viewModel
        }
    }

    Component {
        id: causes

        CashUpCauses {
            theme: root.theme
            viewModel: root.viewModel
        }
    }

    Component {
        id: verify

        CashUpVerify {
            theme: root.theme
            viewModel: root.viewModel
        }
    }

    Component {
        id: end

        CashUpEnd {
            theme: root.theme
            viewModel: root.viewModel
        }
    }
}
