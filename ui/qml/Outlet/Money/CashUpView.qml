pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Cashing up: the steps at the top, one step below them at a time.
FocusScope {
    id: root

    required property Theme theme
    required property CashUp viewModel

    focus: true
    Accessible.role: Accessible.Pane
    Accessible.name: qsTrId("rail.cash_up")

    CashUpSteps {
        id: steps

        width: parent.width
        theme: root.theme
        viewModel: root.viewModel
    }

    Loader {
        id: body

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: steps.bottom
        anchors.topMargin: root.theme.gap * 4
        anchors.bottom: parent.bottom
        focus: root.viewModel.asking === ""
        // The next clerk counts for herself: what was counted before her is not on the screen.
        visible: root.viewModel.asking !== "hand_over"
        enabled: root.viewModel.asking === ""
        sourceComponent: root.viewModel.step === "" ? null : root.viewModel.step === "resolve" ? resolve : root.viewModel.step === "count" ? count : outcome
        // The next step takes the keyboard from the one before.
        onLoaded: if (root.activeFocus)
            forceActiveFocus()
    }

    Component {
        id: resolve

        CashUpResolve {
            theme: root.theme
            viewModel: root.viewModel
        }
    }

    Component {
        id: count

        CashUpCount {
            theme: root.theme
            viewModel: root.viewModel
        }
    }

    Component {
        id: outcome

        CashUpOutcome {
            theme: root.theme
            viewModel: root.viewModel
        }
    }

    Loader {
        anchors.fill: parent
        active: root.viewModel.asking !== ""
        focus: active
        sourceComponent: root.viewModel.asking === "dispute" ? dispute : handOver
        onLoaded: forceActiveFocus()
    }

    Component {
        id: dispute

        CashUpDispute {
            theme: root.theme
            viewModel: root.viewModel
        }
    }

    Component {
        id: handOver

        CashUpHandOver {
            theme: root.theme
            viewModel: root.viewModel
        }
    }
}
