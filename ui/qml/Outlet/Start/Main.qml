pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models
import Outlet.Start

// The window: the sign-on card at once, the rest when it is ready.
Window {
    id: root

    required property Face face

    title: face.training.on ? "Postal Terminal · 练习 TRAINING" : "Postal Terminal"
    color: theme.ground
    minimumWidth: 1024
    minimumHeight: 600

    Theme {
        id: theme

        appearance: root.face.appearance
        availableWidth: root.width
        practising: root.face.training.on
    }

    Loader {
        id: banner

        anchors.left: parent.left
        anchors.right: parent.right
        active: root.face.training.on
        sourceComponent: TrainingBanner {
            theme: theme
            viewModel: root.face.training
        }
    }

    SignOnView {
        id: signOn

        anchors.fill: parent
        anchors.topMargin: banner.height
        theme: theme
        viewModel: root.face.signOn
        session: root.face.session
        appearance: root.face.appearance
        visible: root.face.stage === "sign_on"
        enabled: visible
        focus: visible
        onEnabledChanged: if (enabled)
            forceActiveFocus()
        onLanguageChosen: language => root.face.speak(language)
    }

    Loader {
        id: counter

        anchors.fill: parent
        anchors.topMargin: banner.height
        asynchronous: true
        visible: root.face.stage === "counter"
        enabled: visible
        focus: visible
        onEnabledChanged: if (enabled)
            forceActiveFocus()
    }

    Loader {
        id: enrolment

        anchors.fill: parent
        anchors.topMargin: banner.height
        asynchronous: true
        visible: root.face.stage === "enrolment"
        enabled: visible
        focus: visible
        onEnabledChanged: if (enabled)
            forceActiveFocus()
    }

    Loader {
        anchors.fill: parent
        anchors.topMargin: banner.height
        active: root.face.stage === "failed"
        focus: active
        onLoaded: forceActiveFocus()
        sourceComponent: FailedView {
            theme: theme
            face: root.face
        }
    }

    Loader {
        anchors.fill: parent
        active: root.face.training.on
        sourceComponent: TrainingMark {
            theme: theme
        }
    }

    Connections {
        function onCompleted(): void {
            counter.setSource("../Counter/CounterView.qml", {
                "viewModel": root.face.counter,
                "theme": theme
            });
        }

        function onEnrolmentWanted(): void {
            enrolment.setSource("EnrolmentView.qml", {
                "viewModel": root.face.enrolment,
                "theme": theme,
                "appearance": root.face.appearance,
                "face": root.face
            });
        }

        target: root.face
    }
}
