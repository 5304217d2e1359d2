pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Devices first, then how the face looks and speaks.
PageFrame {
    id: root

    required property SettingsPage viewModel

    title: qsTrId("settings.title")
    subtitle: qsTrId("settings.explain")

    ScrollArea {
        id: scroll

        theme: root.theme
        anchors.fill: parent
        contentHeight: all.implicitHeight

        Column {
            id: all

            width: parent.width
            spacing: root.theme.gap * 4

            Card {
                theme: root.theme
                width: parent.width
                height: devices.implicitHeight + root.theme.gap * 8

                Column {
                    id: devices

                    anchors.left: parent.left
                    anchors.right: parent.right
                    anchors.margins: root.theme.gap * 6
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: root.theme.gap * 2

                    Label {
                        theme: root.theme
                        text: qsTrId("settings.devices")
                        font.weight: Font.DemiBold
                    }

                    Repeater {
                        id: list

                        model: root.viewModel.devices

                        DeviceLine {
                            width: devices.width
                            theme: root.theme
                            onTestWanted: root.viewModel.testPage()
                        }
                    }

                    Label {
                        width: parent.width
                        theme: root.theme
                        quiet: true
                        text: qsTrId("settings.no_devices")
                        wrapMode: Text.Wrap
                        visible: list.count === 0
                    }
                }
            }

            Card {
                theme: root.theme
                width: parent.width
                height: look.implicitHeight + root.theme.gap * 10

                Column {
                    id: look

                    anchors.left: parent.left
                    anchors.right: parent.right
                    anchors.margins: root.theme.gap * 6
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: root.theme.gap * 4

                    Label {
                        theme: root.theme
                        text: qsTrId("settings.look")
                        font.weight: Font.DemiBold
                    }

                    ChoiceRow {
                        width: parent.width
                        theme: root.theme
                        focus: true
                        label: qsTrId("settings.language")
                        values: ["zh_CN", "en"]
                        texts: ["中文", "English"]
                        current: root.viewModel.language
                        onChosen: value => root.viewModel.choose("language", value)
                    }

                    ChoiceRow {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("settings.theme")
                        values: ["light", "dark", "contrast"]
                        texts: [qsTrId("settings.theme.light"), qsTrId("settings.theme.dark"), qsTrId("settings.theme.contrast")]
                        current: root.viewModel.theme
                        onChosen: value => root.viewModel.choose("theme", value)
                    }

                    ChoiceRow {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("settings.text_size")
                        values: ["100", "125", "150", "175", "200"]
                        texts: ["100 %", "125 %", "150 %", "175 %", "200 %"]
                        current: root.viewModel.textScale
                        onChosen: value => root.viewModel.choose("text_scale", value)
                    }

                    ChoiceRow {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("settings.motion")
                        values: ["0", "1"]
                        texts: [qsTrId("settings.motion.on"), qsTrId("settings.motion.off")]
                        current: root.viewModel.reduceMotion ? "1" : "0"
                        onChosen: value => root.viewModel.choose("reduce_motion", value)
                    }
                }
            }

            Card {
                theme: root.theme
                width: parent.width
                height: scanner.implicitHeight + root.theme.gap * 10

                Column {
                    id: scanner

                    anchors.left: parent.left
                    anchors.right: parent.right
                    anchors.margins: root.theme.gap * 6
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: root.theme.gap * 4

                    Label {
                        theme: root.theme
                        text: qsTrId("settings.scanner")
                        font.weight: Font.DemiBold
                    }

                    Label {
                        width: parent.width
                        theme: root.theme
                        quiet: true
                        text: qsTrId("settings.scanner.explain")
                        wrapMode: Text.Wrap
                    }

                    ChoiceRow {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("settings.scanner.suffix")
                        values: ["both", "enter", "tab"]
                        texts: [qsTrId("settings.scanner.suffix.both"), "Enter", "Tab"]
                        current: root.viewModel.scannerSuffix
                        onChosen: value => root.viewModel.choose("scanner_suffix", value)
                    }

                    ChoiceRow {
                        width: parent.width
                        theme: root.theme
                        label: qsTrId("settings.scanner.prefix")
                        values: ["", "~", "^", "|"]
                        texts: [qsTrId("settings.scanner.prefix.none"), "~", "^", "|"]
                        current: root.viewModel.scannerPrefix
                        onChosen: value => root.viewModel.choose("scanner_prefix", value)
                    }
                }
            }
        }
    }

    ScrollThumb {
        theme: root.theme
        area: scroll
        anchors.rightMargin: -root.theme.gap * 2
    }
}
