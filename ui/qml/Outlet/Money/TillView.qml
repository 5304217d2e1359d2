pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Counter
import Outlet.Models

// Tills: what they hold and why; a form takes the whole page, so that nothing expected is seen while it is counted.
PageFrame {
    id: root

    required property TillPage viewModel

    title: viewModel.form === "" ? qsTrId("rail.till") : viewModel.title
    subtitle: viewModel.form === "" ? qsTrId("till.explain") : viewModel.form === "check" ? qsTrId("till.form.check.explain") : viewModel.form === "wrong" ? qsTrId("till.form.wrong.explain") : viewModel.form === "drawer" ? qsTrId("till.form.drawer.explain") : viewModel.form === "receive" ? qsTrId("till.form.receive.explain") : ""

    Loader {
        id: body

        anchors.fill: parent
        focus: !root.viewModel.second.open
        enabled: !root.viewModel.second.open
        sourceComponent: root.viewModel.form === "" ? overview : root.viewModel.form === "receive" ? receive : counting
        onLoaded: if (root.activeFocus)
            forceActiveFocus()
    }

    Component {
        id: overview

        TillOverview {
            theme: root.theme
            viewModel: root.viewModel
        }
    }

    Component {
        id: receive

        TillReceive {
            theme: root.theme
            viewModel: root.viewModel
        }
    }

    Component {
        id: counting

        TillForm {
            theme: root.theme
            viewModel: root.viewModel
        }
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

    Connections {
        function onChanged(): void {
            if (!root.viewModel.second.open && root.activeFocus)
                body.forceActiveFocus();
        }

        target: root.viewModel.second
    }
}
