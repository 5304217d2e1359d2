import QtQuick
import Outlet.Components
import Outlet.Models

// A fresh terminal joins its outlet.
FocusScope {
    id: root

    required property Theme theme
    required property Enrolment viewModel
    required property Appearance appearance
    required property Face face

    focus: true

    Rectangle {
        anchors.left: parent.left
        anchors.right: parent.right
        height: Math.round(parent.height * 0.36)
        color: root.theme.deep
    }

    Row {
        id: languages

        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: root.theme.gap * 5
        spacing: root.theme.gap * 2

        LanguageKey {
            theme: root.theme
            text: "中文"
            chosen: root.appearance.language === "zh_CN"
            onPressed: root.face.speak("zh_CN")
        }

        LanguageKey {
            theme: root.theme
            text: "English"
            chosen: root.appearance.language === "en"
            onPressed: root.face.speak("en")
        }
    }

    Card {
        // With large text the card is as wide as the window; the languages stay above it.
        readonly property int ceiling: languages.height + root.theme.gap * 7

        theme: root.theme
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(ceiling, Math.round((root.height - height) / 2))
        width: Math.min(root.width - root.theme.gap * 8, Math.round(560 * root.theme.scale))
        height: Math.min(root.height - ceiling - root.theme.gap * 4, form.implicitHeight + root.theme.gap * 16)

        ScrollArea {
            theme: root.theme
            anchors.fill: parent
            anchors.margins: root.theme.gap * 8
            contentHeight: form.implicitHeight

            Column {
                id: form

                width: parent.width
                spacing: root.theme.gap * 4

                Label {
                    width: parent.width
                    theme: root.theme
                    text: qsTrId("enrolment.title")
                    font.pixelSize: Math.round(root.theme.body * 1.33)
                    font.weight: Font.DemiBold
                    wrapMode: Text.Wrap
                    Accessible.role: Accessible.Heading
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    quiet: true
                    text: qsTrId("enrolment.explain")
                    wrapMode: Text.Wrap
                }

                Column {
                    width: parent.width
                    spacing: root.theme.gap * 2

                    Label {
                        theme: root.theme
                        quiet: true
                        text: qsTrId("enrolment.platform")
                    }

                    Field {
                        id: platform

                        width: parent.width
                        theme: root.theme
                        labelled: true
                        focus: true
                        readOnly: root.viewModel.busy
                        name: qsTrId("enrolment.platform")
                        hint: "https://"
                        onSubmitted: code.takeKeyboard()
                    }
                }

                Column {
                    width: parent.width
                    spacing: root.theme.gap * 2

                    Label {
                        theme: root.theme
                        quiet: true
                        text: qsTrId("enrolment.code")
                    }

                    Field {
                        id: code

                        width: parent.width
                        theme: root.theme
                        labelled: true
                        readOnly: root.viewModel.busy
                        name: qsTrId("enrolment.code")
                        hint: qsTrId("enrolment.code_hint")
                        onSubmitted: root.viewModel.submit(platform.text, code.text)
                    }
                }

                Label {
                    width: parent.width
                    theme: root.theme
                    quiet: true
                    text: root.viewModel.message
                    color: root.theme.toneInk(root.viewModel.tone)
                    wrapMode: Text.Wrap
                    visible: text !== ""
                    Accessible.role: Accessible.AlertMessage
                }

                ActionButton {
                    width: parent.width
                    theme: root.theme
                    kind: "primary"
                    big: true
                    key: "Enter"
                    text: qsTrId("enrolment.action")
                    available: !root.viewModel.busy
                    onPressed: root.viewModel.submit(platform.text, code.text)
                }
            }
        }
    }
}
